"""A simulated market whose truth is known: exporters, buyers, orders, payments, claims, month by month.

How losses come about, so that the truth can be computed and not only observed:

* An *owner* of one or several buyers has a latent health that moves from month to month (`health`), a frailty
  that never changes, and a country that may be in a shock. Each month it may cease to pay, with a hazard made of
  health, frailty, country class, shock and the weeks before Spring Festival. What is unpaid on that day, and
  what is ordered later in that month, stays unpaid for long: for ever, or until the owner comes back.
* Bust-outs are owners with a plan: they build trust with small prompt orders, strike with many large ones at
  exporters whom they never met, and vanish.
* Single orders also default without the owner's failing: lapses (by health) and quarrels (by the exporter's quality).
* Orders arrive in lumps (`orders`); what the programme's limits leave no room for is smaller, paid up front or not
  made (`programme`), so the history is selected by past limits.
* The platform learns of all this late and not of all (`payments`, `notices`, `claims`).

`truth` computes from the same mechanism, exactly, the probability of default that a month's end holds in store.
"""
