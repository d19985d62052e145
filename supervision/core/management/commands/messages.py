"""`manage.py messages`: bring the English catalogue up to the texts in code and templates, check or compile it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from supervision.core import catalogues


class Command(BaseCommand):
    help = "Update locale/*/LC_MESSAGES/django.po; --check only looks, --compile writes the .mo files."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--check", action="store_true", help="exit 1 while a text lacks its English")
        group.add_argument("--compile", action="store_true", help="write the .mo of every .po that is newer")

    def handle(self, *args: Any, check: bool = False, compile: bool = False, **options: Any) -> None:  # noqa: A002  (the option's name)
        """Do what was asked for.

        Raises CommandError listing every gap when --check finds any.
        """
        root = Path(settings.BASE_DIR)
        if compile:
            self.stdout.write(f"{catalogues.compile_changed(root)} catalogue(s) compiled.")
        elif check:
            self._check(root)
        else:
            self._update(root)

    def _check(self, root: Path) -> None:
        texts = catalogues.extract(root)
        lines = catalogues.complaints(texts, catalogues.read(catalogues.path_of(root, catalogues.TARGET)))
        if lines:
            listed = "\n".join(lines)
            raise CommandError(f"{listed}\n{len(lines)} gap(s) in the English catalogue; run manage.py messages.")
        self.stdout.write(f"All {len(texts)} texts have their English.")

    def _update(self, root: Path) -> None:
        texts = catalogues.extract(root)
        for language in catalogues.PLURALS:
            path = catalogues.path_of(root, language)
            wanted = texts if language == catalogues.TARGET else {}
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = catalogues.merge(wanted, catalogues.read(path), language)
            catalogue.save(str(path))
        untranslated = catalogues.read(catalogues.path_of(root, catalogues.TARGET)).untranslated_entries()
        self.stdout.write(f"{len(texts)} texts, {len(untranslated)} without English.")
