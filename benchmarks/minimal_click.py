"""The smallest click program there is: what `bookpost --help` is measured against."""

import click


@click.command()
@click.argument("source")
def main(source: str) -> None:
    """Do nothing with SOURCE."""
    click.echo(source)


if __name__ == "__main__":
    main()
