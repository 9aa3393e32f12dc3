"""What a command costs as a whole process, by the program `cost` beside it."""
import subprocess


class Cost:
    """CPU (user and system) and wall time in ns, peak memory in KiB, and how it ended."""

    def __init__(self, line):
        user, system, wall, self.peak_kib, self.status = (int(word) for word in line.split())
        self.cpu_ns = (user + system) * 1000
        self.wall_ns = wall * 1000


def measure(cost_program, command, timeout=None):
    """Runs the command without input and output; None if it takes too long."""
    process = subprocess.Popen([cost_program] + command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        _, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        subprocess.run(["kill", "-KILL", "--", "-%d" % process.pid], check=False)
        process.communicate()
        return None
    return Cost(errors.splitlines()[-1])
