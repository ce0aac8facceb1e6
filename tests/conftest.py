"""Hypothesis draws the same examples in every run."""

import hypothesis

hypothesis.settings.register_profile("course", derandomize=True, deadline=None, max_examples=25, database=None)
hypothesis.settings.load_profile("course")
