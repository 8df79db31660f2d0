// Keys for the lists of the workbench: a convenience that can be switched off; see the page of shortcuts.
"use strict";

const OFF = "tongban-keys-off";
const isOff = () => localStorage.getItem(OFF) === "yes";
const rows = () => [...document.querySelectorAll("table[data-lines] tbody tr")];
const INBOX = "/workbench/";

function current() {
  return rows().findIndex((row) => row.contains(document.activeElement));
}

function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = current();
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next].querySelector("th a").focus();
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  x: () => rows()[current()]?.querySelector("input[type=checkbox]")?.click(),
  o: () => rows()[current()]?.querySelector("th a").click(),
  "/": () => document.getElementById("words")?.focus(),
  g: () => location.assign(INBOX),
  "?": () => location.assign(`${INBOX}shortcuts/`),
};

document.addEventListener("keydown", (event) => {
  if (isOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const panel = document.getElementById("keys");
if (panel) {
  const button = document.getElementById("switch");
  const said = document.getElementById("said");
  const show = () => {
    button.setAttribute("aria-pressed", String(!isOff()));
    said.textContent = isOff() ? panel.dataset.off : panel.dataset.on;
  };
  panel.hidden = false;
  button.addEventListener("click", () => {
    localStorage.setItem(OFF, isOff() ? "no" : "yes");
    show();
  });
  show();
}
