import nox

nox.options.default_venv_backend = "uv"


@nox.session(venv_backend="none")
def lock(session):
    """Compile requirements/*.txt from the groups of pyproject.toml."""
    for name, groups in {"course": ["test", "site", "check"], "bench": ["bench"]}.items():
        session.run(
            "uv", "pip", "compile", "pyproject.toml", *(f"--group={g}" for g in groups),
            *(["--constraint=requirements/course.txt"] if name != "course" else []),
            "--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url",
            "--no-emit-find-links", "--custom-compile-command=nox -s lock", "--quiet",
            f"--output-file=requirements/{name}.txt", *session.posargs, external=True,
        )
