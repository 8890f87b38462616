"""Judges pip-audit's report: a finding fails, and a report that looked at nothing is never called clean.

Usage: audit.py PIP-AUDIT-COMMAND…, with `--format json` among its arguments.

Exit codes: 0 nothing known is wrong, or the vulnerability service gave no answer (one line says so; a closed
network must not stop the other checks, in CI neither); 1 a vulnerability, or pip-audit itself failed.
"""

import json
import subprocess
import sys

# pip-audit ends with one of its own exceptions, or of requests', when the service cannot be reached.
NO_ANSWER = ("ConnectionError", "ServiceError", "Timeout")


def main(command: list[str]) -> int:
    audit = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (the Makefile's)
    if not audit.stdout.strip():
        return _judge_errors(audit.stderr)
    dependencies = json.loads(audit.stdout)["dependencies"]
    vulnerable = [each for each in dependencies if each.get("vulns")]
    audited = sum("vulns" in each for each in dependencies)
    for each in vulnerable:
        _say(f"{each['name']} {each['version']}: {', '.join(found['id'] for found in each['vulns'])}")
    if audited:
        _say(f"{audited} of {len(dependencies)} packages audited, {len(vulnerable)} vulnerable")
    else:
        _say("the vulnerability service knows none of these packages: NOTHING WAS AUDITED")
    return 1 if vulnerable else 0


def _judge_errors(errors: str) -> int:
    last = errors.strip().rsplit("\n", 1)[-1]
    if any(name in last for name in NO_ANSWER):
        _say("the vulnerability service could not be reached: NOTHING WAS AUDITED")
        return 0
    sys.stderr.write(errors)
    return 1


def _say(line: str) -> None:
    sys.stdout.write(f"pip-audit: {line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
