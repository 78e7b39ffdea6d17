"""The models as the service can know them: the champion, and the bundles registered on this machine."""
