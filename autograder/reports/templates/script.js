"use strict";
// Sorts and filters the table of all submissions. Without it the table is a plain one.
(() => {
  const table = document.getElementById("submissions");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  function valueOf(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.value || cell.textContent.trim();
    const isNumber = "value" in cell.dataset || cell.classList.contains("number");
    if (!isNumber) return text;
    return text === "–" ? -Infinity : Number(text);
  }

  function sortBy(column) {
    const falling = heads[column].getAttribute("aria-sort") === "ascending";
    const sign = falling ? -1 : 1;
    const keyed = rows.map((row) => [valueOf(row, column), row]);
    const byNumber = keyed.every(([value]) => typeof value === "number");
    const compare = byNumber ? (a, b) => (a === b ? 0 : a < b ? -1 : 1) : order.compare;
    keyed.sort((a, b) => sign * compare(a[0], b[0]));
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
    body.append(...keyed.map(([, row]) => row));
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(column));
    head.append(button);
  });
  document.getElementById("sortable").hidden = false;

  const form = document.getElementById("filter");
  const words = document.getElementById("words");
  const selects = Array.from(form.querySelectorAll("select"));
  const shown = document.getElementById("shown");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let texts = null; // made at the first use: a large class need not wait for it

  function filter() {
    texts = texts || rows.map((row) => plain(row.textContent));
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    let many = 0;
    rows.forEach((row, place) => {
      const fits = selects.every((one) => !one.value || row.dataset[one.id] === one.value);
      row.hidden = !(fits && wanted.every((word) => texts[place].includes(word)));
      many += row.hidden ? 0 : 1;
    });
    shown.textContent = `${many} of ${rows.length} shown`;
  }

  words.addEventListener("input", filter);
  selects.forEach((one) => one.addEventListener("change", filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
