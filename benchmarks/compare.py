#!/usr/bin/env python3
"""Times Sluice and other systems on the same circuits, alternating, and prints the ratios as Markdown.

The peers' scripts lie in the folder --peers (or the environment's PEERS) and run on the Python --python (PYTHON). A peer whose script
or libraries are absent is left out, and the report says so. Sluice runs from the jars that

    mvn -B -Dquick -pl benchmarks -am package

leaves in benchmarks/target/quick/distribution (or from --classpath), on the Java in JAVA_HOME or on PATH.

The first round runs every system on every case with one and with two threads, and the peers at the better of them once more with
large pages for their memory, which Sluice asks for too: where page faults are dear that can double their speed. Later rounds repeat the
settings that were best in some phase, until the next round would not fit into --minutes. A system's figure for a phase is the median
of its best setting's runs.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PHASES = {"forward": "forward", "fwdbwd": "forward + backward", "step": "training step"}
THREADS = (1, 2)
# How a setting is shown behind its threads, and what it sets. By default large tensors are mapped anew, page by page, for each use.
SMALL_PAGES, LARGE_PAGES = "", "L"
LARGE_PAGES_ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "THP_MEM_ALLOC_ENABLE": "1"}

# The hidden Markov model of the peers' records, as either side's options name it.
VOCABULARY, LENGTH = "5000", "64"
HMM_OPTIONS = ["--vocabulary", VOCABULARY, "--length", LENGTH]

# A peer: its script, the arguments that choose the model of each structure that it has, and whether it takes a batch.
PEERS = {
    "PyTorch": ("bench_hclt_torch.py", {"hclt": []}, lambda batch: True),
    # Not for single rows: compiling its circuits takes long.
    "cirkit": ("bench_cirkit.py", {"hclt": ["--rg", "hclt", "--layer", "cp-t"], "quad": ["--rg", "quad-graph", "--layer", "cp-t"]},
               lambda batch: batch > 1),
    "Ctrl-G": ("bench_hmm_ctrlg.py", {"hmm": ["--vocab", VOCABULARY, "--len", LENGTH]}, lambda batch: True),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=os.environ.get("PEERS"), help="folder of the peers' scripts")
    parser.add_argument("--python", default=os.environ.get("PYTHON", sys.executable), help="that the peers run on")
    parser.add_argument("--classpath", help="of Sluice's benchmarks, instead of the jars that Maven left")
    parser.add_argument("--java-option", action="append", default=[], help="for Sluice's JVM, such as --java-option=-Dname=value")
    parser.add_argument("--cases", default="hclt:32:512,hclt:64:512,hclt:32:1,quad:32:128,quad:64:128,hmm:256:32",
                        help="structure:latents:batch, separated by commas")
    parser.add_argument("--seconds", type=float, default=0.5, help="that each figure is measured for")
    parser.add_argument("--minutes", type=float, default=10, help="for everything; the first round is always whole")
    parser.add_argument("--rounds", type=int, default=5, help="most rounds")
    parser.add_argument("--json", help="file that every figure is appended to, a line each")
    return parser.parse_args()


def parse_case(text):
    words = text.split(":")
    if len(words) != 3 or words[0] not in ("hclt", "quad", "hmm") or not all(word.isdigit() and int(word) > 0 for word in words[1:]):
        sys.exit(f"compare: the case {text} is not understood: give hclt, quad or hmm, latents and batch, such as hclt:32:512")
    return words[0], int(words[1]), int(words[2])


def say(text):
    print(text, file=sys.stderr, flush=True)


def java():
    """The newest Java found in JAVA_HOME, on PATH and in the usual folders; the benchmarks need 22."""
    candidates = [pathlib.Path(os.environ[name]) / "bin" / "java" for name in ("JAVA_HOME",) if os.environ.get(name)]
    candidates += [pathlib.Path(found) for found in [shutil.which("java")] if found]
    candidates += sorted(pathlib.Path("/usr/lib/jvm").glob("*/bin/java")) + sorted(
        pathlib.Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home/bin/java"))
    for candidate in candidates:
        try:
            out = subprocess.run([candidate, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=True).stderr
        except (OSError, subprocess.CalledProcessError):
            continue
        version = [line.split("=")[1].strip() for line in out.splitlines() if "java.specification.version =" in line]
        if version and float(version[0]) >= 22:
            return candidate
    sys.exit("compare: no JDK 22 or newer in JAVA_HOME, on PATH or in the usual folders: name its folder in JAVA_HOME")


def classpath(given):
    if given:
        return given
    jars = HERE / "target" / "quick" / "distribution"
    if not list(jars.glob("sluice-benchmarks-*.jar")):
        sys.exit(f"compare: no jars in {jars}: run mvn -B -Dquick -pl benchmarks -am package, or give --classpath")
    return f"{jars}/*"


def figures(command, environment):
    """What a program printed: [(phase, threads, rows/s, MiB)]; None when it failed, and the last line of its complaint."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment, timeout=600)
    except subprocess.TimeoutExpired:
        return None, "took over ten minutes"
    except OSError as error:
        return None, str(error)
    if done.returncode != 0:
        return None, (done.stderr.strip().splitlines() or ["no message"])[-1]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], ""


class Sluice:
    name = "Sluice"

    def __init__(self, options, tree):
        self.command = [java(), "--enable-native-access=ALL-UNNAMED", *options.java_option, "-cp", classpath(options.classpath),
                        "io.sluice.benchmarks.Throughput", "--format", "json", "--seconds", options.seconds]
        self.tree = ["--tree", tree] if tree else []

    def takes(self, case):
        return True

    def run(self, case, threads, pages):
        structure, latents, batch = case
        model = {"hclt": self.tree, "hmm": HMM_OPTIONS, "quad": []}[structure]
        return figures([*self.command, "--structure", structure, "--latents", latents, "--batch", batch, "--threads", threads, *model],
                       os.environ)


class Peer:
    def __init__(self, name, folder, options):
        script, self.models, self.takes_batch = PEERS[name]
        self.name = name
        self.command = [options.python, folder / script]
        self.seconds = options.seconds
        # Their checkouts, when there are any, lie beside the scripts unless PEERS_DIR says otherwise.
        self.environment = {"PEERS_DIR": str(folder), **os.environ}

    def takes(self, case):
        return case[0] in self.models and self.takes_batch(case[2])

    def trouble(self):
        """Why the peer cannot run here; empty when it can."""
        if not self.command[1].is_file():
            return f"{self.command[1]} does not exist"
        model = next(iter(self.models.values()))
        return figures([*self.command, "--tiny", *model], self.environment)[1]

    def run(self, case, threads, pages):
        structure, latents, batch = case
        # A phase ends by time; a quick one gets the repetitions that Sluice gets.
        environment = {**self.environment, **(LARGE_PAGES_ENVIRONMENT if pages else {})}
        return figures([*self.command, *self.models[structure], "--K", latents, "--batch", batch, "--threads", threads,
                        "--iters", 1000, "--warmup", 1, "--max-seconds", self.seconds], environment)


def installed(options):
    """The peers that run here, a line about each that does not, and the parents of the peers' tree of pixels."""
    if not options.peers:
        return [], ["No peer was run: give the folder of the peers' scripts in --peers or PEERS."], None
    folder = pathlib.Path(options.peers).resolve()
    peers, skipped = [], []
    for name in PEERS:
        peer = Peer(name, folder, options)
        trouble = peer.trouble()
        if trouble:
            skipped.append(f"{name} was skipped: {trouble}")
            say(f"  {skipped[-1]}")
        else:
            peers.append(peer)
    tree = figures_of_tree(options.python, folder) if peers else None
    if peers and tree is None:
        skipped.append("The peers' tree of pixels could not be read: Sluice ran on another one of the same kind.")
    return peers, skipped, tree


def figures_of_tree(python, folder):
    program = "import sys; sys.path.insert(0, sys.argv[1]); import common; print(*common.grid_tree(28, 0)[0])"
    done = subprocess.run([python, "-c", program, str(folder)], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 and done.stdout.strip() else None


def rates(results, name, case, phase, setting):
    return [rate for rate, _ in results.get((name, case, phase, setting), [])]


def best_setting(results, name, case, phase):
    """The (threads, pages) whose median rate is highest; None before the first run."""
    measured = {key[3]: statistics.median(rates(results, *key)) for key in results if key[:3] == (name, case, phase)}
    return max(measured, key=measured.get) if measured else None


def first_settings(results, system, case):
    """Of the first round, one after the other: the last depends on the others."""
    for threads in THREADS:
        yield threads, SMALL_PAGES
    if isinstance(system, Peer):
        best = best_setting(results, system.name, case, "step")
        if best:
            yield best[0], LARGE_PAGES


def later_settings(results, system, case):
    return sorted({best_setting(results, system.name, case, phase) for phase in PHASES} - {None})


def expected_seconds(systems, cases, results, durations):
    return sum(durations[case, system.name, setting] for case in cases for system in systems
               for setting in later_settings(results, system, case))


def run_round(settings, systems, cases, results, durations, failures, log):
    for case in cases:
        for system in systems:
            for setting in settings(results, system, case) if system.takes(case) else ():
                title = ":".join(map(str, case))
                say(f"  {title} {system.name} {shown(setting)}")
                start = time.monotonic()
                lines, trouble = system.run(case, *setting)
                durations[case, system.name, setting] = time.monotonic() - start
                if lines is None:
                    failures.add(f"{system.name} failed on {title} {shown(setting)}: {trouble}")
                    continue
                for line in lines:
                    results.setdefault((system.name, case, line["phase"], setting), []).append(
                        (line["samples_per_s"], line.get("rss_mib")))
                    if log:
                        log.write(json.dumps({**line, "pages": "large" if setting[1] else "default"}) + "\n")


def shown(setting):
    return f"({setting[0]}{setting[1]})"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def print_table(systems, cases, results):
    print("| circuit | batch | | Sluice, rows/s | peer | its rows/s | ratio | lowest and highest | MiB: Sluice, peer |")
    print("|---|--:|---|--:|---|--:|--:|--:|--:|")
    for case in cases:
        structure, latents, batch = case
        for phase, title in PHASES.items():
            own = Best(results, "Sluice", case, phase)
            if not own.runs:
                continue
            start = f"| {structure.upper()}-{latents} | {batch} | {title} | {own} "
            others = [Best(results, system.name, case, phase) for system in systems[1:]]
            for other in others:
                if other.runs:
                    print(f"{start}| {other.name} | {other} | **{own.median / other.median:.1f}** "
                          f"| {min(own.runs) / max(other.runs):.1f} – {max(own.runs) / min(other.runs):.1f} "
                          f"| {own.memory}, {other.memory} |")
            if not any(other.runs for other in others):
                print(f"{start}| | | | | {own.memory} |")


class Best:
    """A system's best setting for a phase of a case."""

    def __init__(self, results, name, case, phase):
        self.name = name
        self.setting = best_setting(results, name, case, phase)
        self.runs = rates(results, name, case, phase, self.setting)
        self.median = statistics.median(self.runs) if self.runs else None
        sizes = [size for _, size in results.get((name, case, phase, self.setting), []) if size]
        self.memory = max(sizes) if sizes else "–"

    def __str__(self):
        return f"{number(self.median)} {shown(self.setting)}"


def main():
    options = arguments()
    cases = [parse_case(text) for text in options.cases.split(",")]
    start = time.monotonic()
    load = os.getloadavg()[0]
    say("looking for peers")
    peers, skipped, tree = installed(options)
    results, durations, failures = {}, {}, set()
    with tempfile.TemporaryDirectory() as scratch:
        tree_file = None
        if tree:
            tree_file = pathlib.Path(scratch) / "tree.txt"
            tree_file.write_text(tree)
        systems = [Sluice(options, tree_file), *peers]
        log = open(options.json, "a") if options.json else None
        say("round 1")
        run_round(first_settings, systems, cases, results, durations, failures, log)
        rounds = 1
        while (results and rounds < options.rounds
               and time.monotonic() - start + expected_seconds(systems, cases, results, durations) < 60 * options.minutes):
            rounds += 1
            say(f"round {rounds}")
            run_round(later_settings, systems, cases, results, durations, failures, log)
        if log:
            log.close()
    print(f"{rounds} round{'s' * (rounds > 1)}; load at the start {load:.1f}. In parentheses: threads, L with large pages for the"
          " peer's memory. Ratio: Sluice's rows/s over the peer's, each the median of the rounds; lowest and highest: of single runs."
          " MiB: largest resident size of the process up to then.\n")
    if load > 0.5:
        print("**The machine was not idle: do not quote these figures.**\n")
    print_table(systems, cases, results)
    for line in [*skipped, *sorted(failures)]:
        print(f"\n{line}")
    if failures:
        sys.exit(1)


main()
