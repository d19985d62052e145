"""What a password must be, and passwords made for a first sign-in."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Without what is misread on paper or the telephone: 0 O 1 l I.
LOWER, UPPER, DIGITS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
GENERATED_LENGTH = 14


class CharacterClassValidator:
    """At least so many of: lower case, upper case, digits, everything else."""

    def __init__(self, classes: int = 3) -> None:
        self.classes = classes

    def validate(self, password: str, user: Any = None) -> None:
        if len(classes_of(password)) < self.classes:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("密码须含有大写字母、小写字母、数字、其他符号中的至少%(count)d种。") % {"count": self.classes}


def classes_of(password: str) -> set[str]:
    """Which of the four classes occur. Characters without case, such as Chinese ones, count as other."""
    return {_class_of(character) for character in password}


def _class_of(character: str) -> str:
    if character.islower():
        return "lower"
    if character.isupper():
        return "upper"
    return "digit" if character.isdigit() else "other"


def generate_password() -> str:
    """A password to be shown once and changed at the first sign-in: three classes, easy to read out."""
    needed = [secrets.choice(LOWER), secrets.choice(UPPER), secrets.choice(DIGITS)]
    rest = [secrets.choice(LOWER + UPPER + DIGITS) for _number in range(GENERATED_LENGTH - len(needed))]
    letters = needed + rest
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)
