"""How a page is made, and what watches over it: the map of this package. It imports no lesson.

**While MkDocs builds** (`build/`, named in mkdocs.yml), in the order in which a page meets them:

1. `served` adds the records below /runs/, the notebooks and the `wheel` that they install, `changes` the feed and the
   date at the foot of a page, `cards` a picture for links to a post. `drafts` takes what is being written out of the
   nav, `labs` has mkdocs-jupyter run each lab and makes Markdown of it.
2. `macros` fills in what stands between `[=` and `=]`: numbers out of records (`numbers` rounds them and links them to
   their row on the page that `recorded` makes, where no other row has an id), figures, the lists of posts, the map of
   what needs what (`needs`), the generated tables, what is said `about` the course. `paths` makes the head of a post
   with its minutes (`length`), its end and the line above its title, `quotes` the quotes of what no Markdown is
   made of.
3. pymdownx.snippets, a library, brings the code of the modules in place of `--8<--` lines; `listing` says what a page
   shows of it, and `listings` links to the rest.
4. `maths` renders each formula and links a displayed one to the tests that claim it (`equations`).
5. `handles` gives the copy button code alone, as `listing` has it typed, and tables a name; it puts their numbers on
   the right.
6. `searched` keeps noise out of the index of the search, and puts a lesson before the reference; `theme/` is what the
   course changes in Material; `unchanged` converts no page twice while `mkdocs serve` runs.

**Before anything is built** (`check/`, which is `nox -s check`): `check.CHECKS` is the list. `embedding` looks at
sections, blocks and their widths, `names` at what a block uses, `post` at the skeleton of a post and at links to
drafts, `typed` and `pictures` at numbers and figures, `stages` at what belongs to the records. All of them read a page
by `reading`.

**Around the tests** (`run/` and `shapes/`, plugins of pytest): `run.blocks` runs the blocks of the pages, `run.proofs`
gives a test the formula that its page displays (`run.tex` evaluates it) and measures both sides, `shapes` compares
every shape that a comment states with the array that is there. No plugin is `run.noticed`: it breaks lines that a page
shows (`run.breaks`), and asks whether a later block of the page notices.

`series` knows the posts, written or announced, and what each needs; build and checks ask it.
`imports` says what a file depends on: a lab's cache and the stages of dvc.yaml ask it.
"""
