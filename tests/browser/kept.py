"""What a machine keeps, as a curious person at that machine would find it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open("dudao");
  request.onsuccess = () => {
    const database = request.result;
    if (!database.objectStoreNames.contains("rows")) { database.close(); return resolve([]); }
    const all = database.transaction("rows").objectStore("rows").getAll();
    all.onsuccess = () => { database.close(); resolve(all.result.map((row) => JSON.stringify(row))); };
  };
})"""


def kept_on(page: Page) -> list[Any]:
    """Every row of every account."""
    return list(page.evaluate(KEPT))
