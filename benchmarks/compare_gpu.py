#!/usr/bin/env python3
"""Times Sluice and PyJuice on one GPU, circuit by circuit in turn, and prints the ratios as Markdown.

    compare_gpu.py --bundle FOLDER --peer FOLDER/pyjuice_bench.py [--cases hclt784m-256:512,pd784-128:512]

Sluice runs from the unpacked bundle (mvn -Dbundle), by default the folder of this script. The peer is a script that prints a line of
JSON for each of its modes; it runs on --python with --peer-path on its PYTHONPATH and with --cutlass for its fastest kernels. Each
system has a process of its own for each case. The peer counts with the faster of its modes, for each phase, and with the least memory
of these. Every line of JSON is kept in --json. What does not fit into --minutes is left out, and the report says so.

PyJuice's hidden Chow-Liu trees have the latents of their leaves merged into the inputs: hclt784m-256 is the same circuit here, and
hclt784-256 the library's own, with 43% more edges, which runs beside the same peer.

The peaks of the roofline are measured first, with the peer's PyTorch: a product of large bfloat16 matrices, and copies on the device;
--peak-tflops and --peak-gbytes give them instead.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# Phases as Sluice and the peer call them, and as people read them.
PHASES = {"forward": ("forward", "forward"), "fwdbwd": ("forward_backward", "forward + backward"), "step": ("train_step", "training step")}
DEFAULT_CASES = ("hclt784m-256:512,pd784-128:512,hmm32-512-v33279:512,rat784-256:512,hclt784m-64:512,hclt784m-512:512,hclt784m-1024:512,"
                 "hclt768m-256:512,hclt768m-512:512,pd768-128:512,hmm32-2048-v4023:512,hclt784m-256:64,pd784-128:64,rat784-256:64,"
                 "hmm32-512-v33279:64")
# Names that the peer's script has for some circuits; otherwise it has the same ones.
PEER_NAMES = {"pd768-128": "pd-mid", "pd768-256": "pd-large"}
GIB = 2 ** 30
# A peer's process compiles its kernels first, and the first one all of them.
COMPILING = 120
ROOFLINE = """
import torch
def seconds(work):
    for _ in range(3):
        work()
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(20):
        work()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end) / 20e3
n = 8192
a, b = (torch.randn(n, n, device='cuda').bfloat16() for _ in range(2))
source = torch.randn(2 ** 29, device='cuda')
target = torch.empty_like(source)
print(2e-12 * n ** 3 / seconds(lambda: a @ b), 2e-9 * source.nbytes / seconds(lambda: target.copy_(source)))
print(torch.cuda.get_device_name(0))
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=pathlib.Path, default=HERE, help="Sluice's unpacked bundle, with the script run")
    parser.add_argument("--peer", type=pathlib.Path, help="the peer's script; without it only Sluice runs")
    parser.add_argument("--peer-path", help="folder of the peer's Python packages")
    parser.add_argument("--cutlass", help="folder of CUTLASS, with include/")
    parser.add_argument("--python", default=sys.executable, help="that the peer runs on")
    parser.add_argument("--device", default="cuda", help="Sluice's device")
    parser.add_argument("--precision", default="fast", help="Sluice's precision")
    parser.add_argument("--cases", default=DEFAULT_CASES, help="circuit:batch, separated by commas")
    parser.add_argument("--modes", default="eager,graph", help="of the peer")
    parser.add_argument("--seconds", type=float, default=1, help="that Sluice measures each figure for")
    parser.add_argument("--limit", type=float, default=150, help="seconds for one process of either system")
    parser.add_argument("--minutes", type=float, default=9.5, help="for everything")
    parser.add_argument("--peak-tflops", type=float)
    parser.add_argument("--peak-gbytes", type=float)
    parser.add_argument("--json", help="file that every line of both systems is appended to")
    return parser.parse_args()


def parse_case(text):
    if not re.fullmatch(r"[a-z]+[0-9]+m?-[0-9]+(-v[0-9]+)?:[1-9][0-9]*", text):
        sys.exit(f"compare_gpu: the case {text} is not understood: give circuit and batch, such as hclt784m-256:512")
    circuit, batch = text.split(":")
    return circuit, int(batch)


def peer_name(circuit):
    name = PEER_NAMES.get(circuit, circuit).replace("m-", "-")  # the peer has leaves merged only
    return name[: -len("-v4023")] if name.startswith("hmm32") and name.endswith("-v4023") else name


def say(text):
    print(text, file=sys.stderr, flush=True)


def lines_of(command, environment, limit):
    """The JSON lines that a program printed until it ended or its time was up, and what went wrong, if anything."""
    trouble = ""
    try:
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, timeout=limit)
        out, complaint = done.stdout, done.stderr
        if done.returncode != 0:
            trouble = (complaint.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
    except subprocess.TimeoutExpired as expired:
        out, trouble = expired.stdout or b"", f"took over {limit:.0f} s"
    except OSError as error:
        out, trouble = b"", str(error)
    lines = []
    for line in out.decode(errors="replace").splitlines():
        if line.startswith("{") and line.rstrip().endswith("}"):
            lines.append(json.loads(line))
    return lines, trouble


class Comparison:
    def __init__(self, options):
        self.options = options
        self.end = time.monotonic() + 60 * options.minutes
        self.log = open(options.json, "a") if options.json else None
        self.notes = []

    def left(self):
        return self.end - time.monotonic()

    def lines(self, title, command, environment, limit):
        limit = min(limit, self.left())
        if limit < 10:
            self.notes.append(f"{title} was left out: the {self.options.minutes:g} minutes were over.")
            return []
        say(f"  {title}")
        lines, trouble = lines_of(command, environment, limit)
        for line in lines:
            if line.get("error"):
                trouble = line["error"]
            if self.log:
                self.log.write(json.dumps(line) + "\n")
                self.log.flush()
        if trouble:
            self.notes.append(f"{title}: {trouble}")
        return [line for line in lines if not line.get("error")]

    def sluice(self, circuit, batch):
        command = [self.options.bundle / "run", "bench", "DeviceThroughput", "--device", self.options.device, "--precision",
                   self.options.precision, "--circuits", circuit, "--batch", batch, "--seconds", self.options.seconds, "--format", "json"]
        return sluice_figures(self.lines(f"Sluice {circuit}:{batch}", command, os.environ, self.options.limit))

    def peer(self, circuit, batch, first):
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        if self.options.peer_path:
            environment["PYTHONPATH"] = self.options.peer_path
        if self.options.cutlass:
            environment["PYJUICE_CUTLASS_PATH"] = self.options.cutlass
        command = [self.options.python, self.options.peer, "--config", peer_name(circuit), "--batch", batch, "--modes", self.options.modes]
        limit = self.options.limit + COMPILING * first
        return peer_figures(self.lines(f"PyJuice {circuit}:{batch}", command, environment, limit))


def sluice_figures(lines):
    """phase -> what Sluice printed of it."""
    return {line["phase"]: line for line in lines}


def peer_figures(lines):
    """phase -> rows/s of the faster mode, that mode, and the least memory of the modes in bytes."""
    found = {}
    for line in lines:
        for phase, (name, _) in PHASES.items():
            if name in line:
                rate = line[name]["samples_per_s"]
                if phase not in found or rate > found[phase]["samples_per_s"]:
                    found[phase] = {"samples_per_s": rate, "mode": line["mode"]}
    memory = [line["peak_gib"] * GIB for line in lines if "peak_gib" in line]
    edges = [line["sum_edges"] for line in lines if "sum_edges" in line]
    for figure in found.values():
        figure["bytes"] = min(memory) if memory else None
        figure["edges"] = edges[0] if edges else None
    return found


def peaks(options):
    """Peak TFLOP/s and GB/s, None where unknown, and the device's name."""
    if options.peak_tflops and options.peak_gbytes:
        return options.peak_tflops, options.peak_gbytes, options.device
    try:
        out = subprocess.run([options.python, "-c", ROOFLINE], capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()
        tflops, gbytes = map(float, out[0].split())
        return options.peak_tflops or tflops, options.peak_gbytes or gbytes, out[1]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        complaint = getattr(error, "stderr", None) or str(error)
        say(f"  no roofline: {complaint.strip().splitlines()[-1]}")
        return options.peak_tflops, options.peak_gbytes, options.device


def roofline_share(figure, tflops, gbytes):
    if not tflops or not gbytes:
        return None
    return max(figure["flop"] / tflops / 1e12, figure["bytes"] / gbytes / 1e9) / figure["seconds"]


def shown(value, text):
    return "" if value is None else format(value, text)


HEADER = ("| circuit | batch | | Sluice, rows/s | PyJuice, rows/s | its mode | ratio | Sluice, MiB | PyJuice, MiB | of its memory "
          "| TFLOP/s | GB/s, estimate | of roofline | in log-space | launches |\n|---|--:|---|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")


def rows(circuit, batch, own, other, tflops, gbytes):
    """Rows of the table for a case: a phase that neither system finished has none."""
    for phase, (_, title) in PHASES.items():
        mine, peer = own.get(phase), other.get(phase)
        if not mine and not peer:
            continue
        ratio = mine["samples_per_s"] / peer["samples_per_s"] if mine and peer else None
        memory = mine.get("device_bytes") if mine else None
        peer_memory = peer["bytes"] if peer else None
        share = roofline_share(mine, tflops, gbytes) if mine else None
        cells = [
            circuit, batch, title,
            shown(mine and mine["samples_per_s"], ",.0f"),
            shown(peer and peer["samples_per_s"], ",.0f"),
            peer["mode"] if peer else "",
            f"**{ratio:.2f}**" if ratio else "",
            shown(memory and memory / 2 ** 20, ",.0f"),
            shown(peer_memory and peer_memory / 2 ** 20, ",.0f"),
            shown(memory / peer_memory if memory and peer_memory else None, ".0%"),
            shown(mine and mine["flop"] / mine["seconds"] / 1e12, ".1f"),
            shown(mine and mine["bytes"] / mine["seconds"] / 1e9, ",.0f"),
            shown(share, ".0%"),
            shown(mine and mine["computed_again"], ".0%"),
            mine.get("launches", "") if mine else "",
        ]
        yield "| " + " | ".join(map(str, cells)) + " |"


def edges_note(circuit, own, other):
    """The circuits of both systems are drawn separately: they have to cost the same."""
    mine, peer = own.get("forward"), other.get("forward")
    if not mine or not peer or not peer["edges"]:
        return None
    edges = mine["flop"] / 2 / mine["batch"]
    if abs(edges / peer["edges"] - 1) < 0.02:
        return None
    return f"{circuit}: Sluice's circuit has {edges:,.0f} edges of sums, PyJuice's {peer['edges']:,.0f}."


def main():
    options = arguments()
    cases = [parse_case(text) for text in options.cases.split(",")]
    comparison = Comparison(options)
    say("roofline")
    tflops, gbytes, name = peaks(options)
    print(f"{name}, {options.precision}; peaks: {shown(tflops, ',.4g') or 'unknown'} TFLOP/s, {shown(gbytes, ',.0f') or 'unknown'} GB/s\n")
    print(HEADER, flush=True)
    for number, (circuit, batch) in enumerate(cases):
        own = comparison.sluice(circuit, batch)
        other = comparison.peer(circuit, batch, number == 0) if options.peer else {}
        for row in rows(circuit, batch, own, other, tflops, gbytes):
            print(row, flush=True)
        note = edges_note(circuit, own, other)
        if note and note not in comparison.notes:
            comparison.notes.append(note)
    for note in comparison.notes:
        print(f"\n{note}")


if __name__ == "__main__":
    main()
