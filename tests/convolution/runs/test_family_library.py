"""The lines that the part on assumptions begins with."""

from deepcourse import datasets, records
from deepcourse.convolution.runs import family_library as library


def test_the_lines_print_weights_and_what_each_net_reads(tmp_path, monkeypatch):
    source = datasets.digits()

    def large():
        images, test = (x[:300].repeat(4, 1).repeat(4, 2)[:, 2:30, 2:30] for x in (source.images, source.test_images))
        return source._replace(
            images=images, labels=source.labels[:300], test_images=test, test_labels=source.test_labels[:300]
        )

    monkeypatch.setattr(datasets, "large", large, raising=False)
    records.make("convolution/family_library", library.measure, library.Settings("large"), tmp_path)
    record = records.read("convolution/family_library", tmp_path)
    for name, weights in (("dense", 36_235), ("shared", 35_920)):
        found = record["values"][name]
        assert found["weights"] == weights
        assert f"{weights} {found['accuracy']:.3f}" in record["printed"]
