"""What all serializers are made of: references, people, moves."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Ref(serializers.Serializer[Any]):
    """A row by its id and its name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="__str__")


class Person(serializers.Serializer[Any]):
    """A person as pages name them."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    post = serializers.CharField()


class Condition(serializers.Serializer[Any]):
    """An unmet condition of a move: its stable name, a sentence, what exactly is missing."""

    name = serializers.CharField()
    sentence = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class Move(serializers.Serializer[Any]):
    """A move that starts from the object's state."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    allowed = serializers.BooleanField(help_text="Is it this person's to make?")
    unmet = Condition(many=True, help_text="What is still missing; empty also for whoever may not make the move.")


class Row(serializers.ModelSerializer[Any]):
    """A row with its address and the label of its state."""

    def get_fields(self) -> Any:
        fields = super().get_fields()
        if "status" in fields:
            fields["status_label"] = serializers.CharField(source="get_status_display", read_only=True)
        return fields
