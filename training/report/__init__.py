"""The report of a training run: one self-contained page in Chinese and English, charts as SVG, no script."""
