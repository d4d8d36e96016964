"use strict";
// Folds, sorts and filters the tables of units. The page is complete without it.
(() => {
  const lang = document.documentElement.lang;
  const FEW = 20; // lines that are all open even on a phone
  const phone = matchMedia("(max-width: 63.9rem)").matches;
  const collator = new Intl.Collator(lang, { numeric: true });
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");
  const spaced = (text) => text.trim().replace(/\s+/g, " ");

  // What a cell is sorted by: a date, a number as this language writes it, else its words.
  const keyOf = (text) => {
    const day = text.match(/(\d{4})-(\d\d)-(\d\d)/) || text.match(/(\d\d)\/(\d\d)\/(\d{4})/);
    if (day) return Number(day[1].length === 4 ? day[1] + day[2] + day[3] : day[3] + day[2] + day[1]);
    const number = text.match(/[-\u2212]?\d[\d.,]*/);
    if (!number) return text;
    const plain = lang === "vi" ? number[0].replace(/\./g, "").replace(",", ".") : number[0].replace(/,/g, "");
    return parseFloat(plain.replace("\u2212", "-"));
  };
  const byKey = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));

  const prepare = (table) => {
    const tools = table.parentElement.querySelector(".tools");
    const bodies = [...table.tBodies]; // a large table has several, all but the last of one length
    const length = bodies[0].rows.length;
    const heads = [...table.tHead.rows[0].cells];
    const statuses = [...tools.elements.status.options].map((option) => option.value);
    const above = [];
    const lines = bodies.flatMap((body) => [...body.rows]).map((row, at) => {
      const level = Number(row.getAttribute("data-level"));
      const line = {
        row, at, extra: row.classList.contains("extra"), status: row.getAttribute("data-status"),
        parent: above[level - 1], children: [], open: true,
      };
      above.length = level;
      above.push(line);
      if (line.parent) line.parent.children.push(line);
      return line;
    });
    const tops = lines.filter((line) => !line.parent);
    const units = lines.filter((line) => !line.extra).length;
    let ordered = lines; // as they stand in the table, hidden ones too
    let before = null; // what was open before a filter was typed
    let sought = null; // the names as they are looked for, made when first asked for, all at once
    const namesSought = () =>
      (sought ??= fold(lines.map((line) => spaced(line.row.cells[0].textContent)).join("\n")).split("\n"));

    const show = () => {
      const text = fold(spaced(tools.elements.text.value));
      const status = tools.elements.status.value;
      const filtered = text !== "" || status !== "";
      if (filtered && !before) before = lines.map((line) => line.open);
      if (!filtered && before) {
        lines.forEach((line, at) => { line.open = before[at]; });
        before = null;
      }
      const names = text && namesSought();
      for (const line of lines) {
        line.hit = filtered && !line.extra && (!status || line.status === status) &&
          (!text || names[line.at].includes(text));
        line.leads = false;
      }
      for (const line of lines) {
        if (line.hit) for (let up = line.parent; up && !up.leads; up = up.parent) up.leads = true;
      }
      return filtered;
    };

    // Only what changes is written: thousands of rows are read faster than they are styled again.
    const set = (line, what, whether) => {
      if (Boolean(line[what]) === whether) return;
      line[what] = whether;
      if (what === "hidden") line.row.hidden = whether;
      else line.row.classList.toggle(what, whether);
    };

    // How many lines each body of a large table shows: the browser takes their room for granted until they are in sight.
    const measure = () => {
      if (bodies.length === 1) return;
      bodies.forEach((body, at) => {
        const shown = ordered.slice(at * length, (at + 1) * length).filter((line) => line.shown).length;
        body.hidden = shown === 0;
        body.style.setProperty("--rows", shown);
      });
    };

    const draw = () => {
      const filtered = before !== null;
      let shown = 0;
      for (const line of lines) {
        const kept = !filtered || line.hit || line.leads;
        line.shown = kept && (!line.parent || (line.parent.shown && line.parent.open));
        set(line, "hidden", !line.shown);
        if (bodies.length === 1) set(line, "folded", kept && !line.shown); // paper has it all the same
        set(line, "context", filtered && !line.hit);
        if (line.button && line.told !== line.open) line.button.setAttribute("aria-expanded", (line.told = line.open));
        if (!line.extra && (filtered ? line.hit : line.shown)) shown += 1;
      }
      measure();
      const put = { shown: shown.toLocaleString(lang), lines: units.toLocaleString(lang) };
      tools.querySelector("output").textContent = tools.dataset.shown.replace(/\{(\w+)\}/g, (_, name) => put[name]);
    };

    const filter = () => {
      if (show()) lines.forEach((line) => { line.open = true; });
      draw();
    };

    const sort = (column, direction) => {
      const isWord = column === heads.length - 1;
      const key = (line) => {
        if (isWord) return statuses.indexOf(line.status);
        const text = line.row.cells[column].textContent;
        return column === 0 ? text : keyOf(text);
      };
      const arranged = (siblings) => {
        if (!direction) return siblings;
        const first = siblings.filter((line) => line.extra);
        const rest = siblings.filter((line) => !line.extra).map((line) => ({ line, key: key(line) }));
        // A blank stands last either way.
        rest.sort((a, b) => (a.key === "") - (b.key === "") || direction * byKey(a.key, b.key) || a.line.at - b.line.at);
        return [...first, ...rest.map((each) => each.line)];
      };
      ordered = [];
      const put = (siblings) => {
        for (const line of arranged(siblings)) {
          ordered.push(line);
          put(line.children);
        }
      };
      put(tops);
      bodies.forEach((body, at) => {
        body.replaceChildren(...ordered.slice(at * length, (at + 1) * length).map((line) => line.row));
      });
      measure();
      heads.forEach((head, at) => {
        const now = at !== column || !direction ? "none" : direction > 0 ? "ascending" : "descending";
        head.setAttribute("aria-sort", now);
      });
    };

    // Buttons.
    for (const head of heads) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
    }
    if (lines.some((line) => line.children.length)) table.classList.add("folds");
    for (const line of lines) {
      if (!line.children.length) continue;
      line.button = document.createElement("button");
      line.button.type = "button";
      line.button.className = "fold";
      line.button.setAttribute("aria-label", line.row.cells[0].firstChild.textContent);
      line.open = !line.parent || (phone ? lines.length <= FEW : !table.classList.contains("many"));
      line.row.cells[0].prepend(line.button);
    }
    const ofRow = new Map(lines.filter((line) => line.button).map((line) => [line.row, line]));

    // One listener for a table, however many lines it has.
    table.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.classList.contains("fold")) {
        const line = ofRow.get(button.closest("tr"));
        line.open = !line.open;
        draw();
        return;
      }
      const head = button.closest("th");
      const column = heads.indexOf(head);
      // Names go up first, numbers down; a third click gives the order back that the page came with.
      const turns = column === 0 || column === heads.length - 1 ? [1, -1, 0] : [-1, 1, 0];
      const now = { none: 0, ascending: 1, descending: -1 }[head.getAttribute("aria-sort")];
      sort(column, turns[(turns.indexOf(now) + 1) % 3]);
    });
    tools.addEventListener("input", filter);
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.addEventListener("click", (event) => {
      const open = event.target.name === "open";
      if (!open && event.target.name !== "close") return;
      for (const line of lines) line.open = open || (!line.parent && line.children.length > 0);
      draw();
    });
    tools.hidden = false;
    filter();
  };

  document.documentElement.classList.add("js");
  document.querySelectorAll("table.sortable").forEach(prepare);
})();
