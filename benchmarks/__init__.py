"""What the README claims about speed and worth, each as a ratio measured in one run."""
