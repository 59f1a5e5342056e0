#!/usr/bin/env python3
"""Times Sluice and PyJuice on one GPU, each at several batch sizes, and prints a Markdown table of best against best.

    compare_gpu.py --bundle FOLDER --peer FOLDER/pyjuice_bench.py --peer-path PYJUICE/src --cutlass CUTLASS [--circuits hclt784m-256,pd784-128]

Sluice runs from the unpacked bundle (mvn -Dbundle), by default the folder of this script. The peer is a script that prints a line of
JSON for each of its modes and batches; it runs on --python with --peer-path on its PYTHONPATH. PyJuice's optional CUDA kernels are built
first, which needs nvcc, ninja and CUTLASS and takes minutes; a note says which are there. Do not interrupt that: an interrupted
build leaves a lock file behind, which blocks the next one for five minutes.

Each system has a process of its own for each circuit, and counts with its best batch for each phase, the peer also with the faster of
its modes and the least memory of these. Two more columns compare both at the smallest batch. Every line of JSON is kept in --json; what
that file holds already is not measured again, so a comparison may be made in several runs. What does not fit into --minutes is left out,
and a note says so.

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
PHASES = {"step": ("train_step", "training step"), "fwdbwd": ("forward_backward", "forward + backward"), "forward": ("forward", "forward")}
DEFAULT_CIRCUITS = "hclt784m-64,hclt784m-256,pd784-128,rat784-256,hmm32-512-v33279,hclt784m-512,hclt784m-1024"
DEFAULT_BATCHES = "512,1024,2048,4096,8192,16384"
# Names that the peer's script has for some circuits; otherwise it has the same ones.
PEER_NAMES = {"pd768-128": "pd-mid", "pd768-256": "pd-large"}
GIB = 2 ** 30
BUILDING = 900  # seconds for the peer's kernels: six of them, up to two minutes each
BUILD = """
import json
import pyjuice.layer.kernels.c as sums
import pyjuice.layer.kernels.c.input_layers as inputs
print(json.dumps({name: bool(getattr(module, name)()) for module in (sums, inputs) for name in dir(module) if name.endswith('is_available')}))
"""
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
    parser.add_argument("--cutlass", help="folder of CUTLASS, with include/, for the peer's own CUDA kernels")
    parser.add_argument("--python", default=sys.executable, help="that the peer runs on")
    parser.add_argument("--device", default="cuda", help="Sluice's device")
    parser.add_argument("--precision", default="fast", help="Sluice's precision")
    parser.add_argument("--circuits", default=DEFAULT_CIRCUITS, help="names, separated by commas")
    parser.add_argument("--batches", default=DEFAULT_BATCHES, help="powers of two, separated by commas")
    parser.add_argument("--modes", default="eager,graph", help="of the peer")
    parser.add_argument("--seconds", type=float, default=0.5, help="that Sluice measures each figure for")
    parser.add_argument("--minutes", type=float, default=600, help="for everything")
    parser.add_argument("--peak-tflops", type=float)
    parser.add_argument("--peak-gbytes", type=float)
    parser.add_argument("--json", type=pathlib.Path, help="file that holds the lines of both systems")
    options = parser.parse_args()
    options.circuits = options.circuits.split(",")
    for circuit in options.circuits:
        if not re.fullmatch(r"[a-z]+[0-9]+m?-[0-9]+(b[0-9]+)?(-v[0-9]+)?", circuit):
            parser.error(f"the circuit {circuit} is not understood: give names such as hclt784m-256")
    for batch in options.batches.split(","):
        if not batch.isdigit() or int(batch) < 1 or int(batch) & (int(batch) - 1):
            parser.error(f"the batch {batch} is not understood: give powers of two, such as 512,4096")
    return options


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
        self.notes = []
        self.held = {}  # (system, circuit) -> lines
        if options.json and options.json.exists():
            for text in options.json.read_text().splitlines():
                line = json.loads(text)
                self.held.setdefault((line["of"], line["for"]), []).append(line)

    def left(self):
        return self.end - time.monotonic()

    def lines(self, system, circuit, command, environment):
        """The lines of a system for a circuit: those that are held, or those of a new run."""
        if (system, circuit) in self.held:
            return self.held[system, circuit]
        if self.left() < 10:
            self.notes.append(f"{system} {circuit} was left out: the {self.options.minutes:g} minutes were over.")
            return []
        say(f"  {system} {circuit}")
        lines, trouble = lines_of(command, environment, self.left())
        troubles = [trouble] if trouble else []
        troubles += [f"batch {line.get('batch')}, {line.get('mode')}: {line['error']}" for line in lines if line.get("error")]
        self.notes += [f"{system} {circuit}: {text}" for text in troubles]
        lines = [{"of": system, "for": circuit, **line} for line in lines if not line.get("error")]
        if self.options.json:
            with self.options.json.open("a") as log:
                log.writelines(json.dumps(line) + "\n" for line in lines)
        return lines

    def sluice(self, circuit):
        command = [self.options.bundle / "run", "bench", "DeviceThroughput", "--device", self.options.device, "--precision",
                   self.options.precision, "--circuits", circuit, "--batch", self.options.batches, "--seconds", self.options.seconds,
                   "--format", "json"]
        return sluice_figures(self.lines("Sluice", circuit, command, os.environ))

    def peer_environment(self):
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        if self.options.peer_path:
            environment["PYTHONPATH"] = self.options.peer_path
        if self.options.cutlass:
            environment["PYJUICE_CUTLASS_PATH"] = self.options.cutlass
        return environment

    def build_peer(self):
        say("PyJuice's CUDA kernels")
        lines, trouble = lines_of([self.options.python, "-c", BUILD], self.peer_environment(), BUILDING)
        missing = [name for line in lines for name, there in line.items() if not there]
        self.notes.append(
            f"PyJuice's CUDA kernels were not built: {trouble}" if not lines
            else f"PyJuice ran without some of its CUDA kernels: {', '.join(missing)}" if missing
            else "PyJuice ran with all its CUDA kernels.")

    def peer(self, circuit):
        command = [self.options.python, self.options.peer, "--config", peer_name(circuit), "--batch", self.options.batches, "--modes",
                   self.options.modes]
        return peer_figures(self.lines("PyJuice", circuit, command, self.peer_environment()))


def sluice_figures(lines):
    """phase -> batch -> what Sluice printed of it."""
    found = {}
    for line in lines:
        found.setdefault(line["phase"], {})[line["batch"]] = line
    return found


def peer_figures(lines):
    """phase -> batch -> rows/s of the faster mode, that mode, the least memory of the modes in bytes, and edges."""
    found = {}
    for line in lines:
        for phase, (name, _) in PHASES.items():
            if name not in line:
                continue
            figure = {"samples_per_s": line[name]["samples_per_s"], "mode": line["mode"], "bytes": line.get("peak_gib", 0) * GIB,
                      "edges": line.get("sum_edges")}
            other = found.setdefault(phase, {}).get(line["batch"])
            if other:
                memory = min(figure["bytes"], other["bytes"])
                figure = {**max(figure, other, key=lambda one: one["samples_per_s"]), "bytes": memory}
            found[phase][line["batch"]] = figure
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


HEADER = ("| circuit | | Sluice, rows/s | batch | PyJuice, rows/s | batch | mode | ratio | both at batch | ratio | Sluice, MiB | PyJuice, MiB "
          "| of its memory | TFLOP/s | GB/s, estimate | of roofline |\n|---|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")


def best(figures):
    """The batch with the highest rate, None if there is none."""
    return max(figures, key=lambda batch: figures[batch]["samples_per_s"], default=None)


def rows(circuit, own, other, tflops, gbytes):
    """Rows of the table for a circuit: a phase that neither system finished has none."""
    for phase, (_, title) in PHASES.items():
        mine, peer = own.get(phase, {}), other.get(phase, {})
        if not mine and not peer:
            continue
        my_batch, peer_batch = best(mine), best(peer)
        figure, rival = mine.get(my_batch), peer.get(peer_batch)
        both = min(mine.keys() & peer.keys(), default=None)
        memory = mine[both].get("device_bytes") if both else None
        peer_memory = peer[both]["bytes"] if both else None
        ratio = figure["samples_per_s"] / rival["samples_per_s"] if figure and rival else None
        cells = [
            circuit, title,
            shown(figure and figure["samples_per_s"], ",.0f"), shown(my_batch, ""),
            shown(rival and rival["samples_per_s"], ",.0f"), shown(peer_batch, ""), rival["mode"] if rival else "",
            f"**{ratio:.2f}**" if ratio else "",
            shown(both, ""), shown(mine[both]["samples_per_s"] / peer[both]["samples_per_s"] if both else None, ".2f"),
            shown(memory and memory / 2 ** 20, ",.0f"), shown(peer_memory and peer_memory / 2 ** 20, ",.0f"),
            shown(memory / peer_memory if memory and peer_memory else None, ".0%"),
            shown(figure and figure["flop"] / figure["seconds"] / 1e12, ".1f"),
            shown(figure and figure["bytes"] / figure["seconds"] / 1e9, ",.0f"),
            shown(roofline_share(figure, tflops, gbytes) if figure else None, ".0%"),
        ]
        yield "| " + " | ".join(cells) + " |"


def edges_note(circuit, own, other):
    """The circuits of both systems are drawn separately: they have to cost the same."""
    mine = next(iter(own.get("forward", {}).values()), None)
    peer = next(iter(other.get("forward", {}).values()), None)
    if not mine or not peer or not peer["edges"]:
        return None
    edges = mine["flop"] / 2 / mine["batch"]
    if abs(edges / peer["edges"] - 1) < 0.02:
        return None
    return f"{circuit}: Sluice's circuit has {edges:,.0f} edges of sums, PyJuice's {peer['edges']:,.0f}."


def main():
    options = arguments()
    comparison = Comparison(options)
    say("roofline")
    tflops, gbytes, name = peaks(options)
    if options.peer:
        comparison.build_peer()
    print(f"{name}, {options.precision}; peaks: {shown(tflops, ',.4g') or 'unknown'} TFLOP/s, {shown(gbytes, ',.0f') or 'unknown'} GB/s\n")
    print(HEADER, flush=True)
    for circuit in options.circuits:
        own = comparison.sluice(circuit)
        other = comparison.peer(circuit) if options.peer else {}
        for row in rows(circuit, own, other, tflops, gbytes):
            print(row, flush=True)
        note = edges_note(circuit, own, other)
        if note:
            comparison.notes.append(note)
    for note in comparison.notes:
        print(f"\n{note}")


if __name__ == "__main__":
    main()
