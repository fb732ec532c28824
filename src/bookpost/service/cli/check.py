"""`bookpost check`: will an e-reader take this EPUB or PDF, wherever it came from?"""

import os
from pathlib import Path

import click

from bookpost.document import errors
from bookpost.errors import MissingInputError
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, config_option, finding_facts, show_findings


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--device", metavar="NAME", help="Also hold it against this e-reader's limits.")
@click.option("--fix", "out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT", help="Write a repaired copy.")
@click.option("--strict", is_flag=True, help="Fail for warnings, too.")
@click.option("--json", "json_", is_flag=True, help="The findings as JSON.")
@config_option
def command(file: Path, device: str | None, out: Path | None, strict: bool, json_: bool, config: Path | None) -> None:
    """Find what an e-reader would refuse or mangle.

    Exit code 0: it will be taken (perhaps with warnings); 65: it has errors; 1: warnings, with --strict.
    """
    from bookpost.convert.check import check, fix

    if not os.path.isfile(file):  # noqa: PTH113 - unlike Path.is_file it answers for any name, however long
        raise MissingInputError(f"no file {file}", hint="name an EPUB or a PDF")
    profile = App.start(config).making(device=device, paper=None, templates=None).device if device else None
    findings = fix(file, out, device=profile) if out else check(file, device=profile)
    if json_:
        as_json({"file": str(file), "findings": [finding_facts(finding) for finding in findings]})
    else:
        show_findings(findings)
    left = [finding for finding in findings if finding.severity != "note" and not finding.repaired]
    if not json_:
        click.echo(_verdict(out or file, len(errors(findings)), len(left)))
    click.get_current_context().exit(65 if errors(findings) else 1 if strict and left else 0)


def _verdict(file: Path, faults: int, findings: int) -> str:
    if faults:
        return f"{file}: {faults} {'error' if faults == 1 else 'errors'}: an e-reader may refuse it"
    return f"{file}: good" + (f", with {findings} {'warning' if findings == 1 else 'warnings'}" if findings else "")
