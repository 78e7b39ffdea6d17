from benchmarks import market


def test_figures_are_measured_and_grow_with_the_buyers():
    told = market.run(sizes=(60, 600), years=1)
    figures = told["figures"]
    assert told["bench"] == "market"
    assert figures["seconds_600_buyers"] > 0
    assert 0.05 < figures["peak_gib_600_buyers"] < 2
    assert figures["time_growth_exponent"] < 1.1
    assert told["conditions"]["orders"]["600"] > told["conditions"]["orders"]["60"] > 0
