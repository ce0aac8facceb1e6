"""The records, served below /runs/: MkDocs takes its files from docs/ alone, and a link there is lost on Windows."""

from mkdocs.structure.files import File

from coursesite.build.numbers import RUNS


def on_files(files, config):
    """MkDocs' hook: every file of a record is one of the site, too."""
    for path in sorted(RUNS.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = f"runs/{path.relative_to(RUNS).as_posix()}"
            files.append(File.generated(config, name, abs_src_path=str(path)))
    return files
