// The page: it takes files, asks the worker, and shows what comes back as text. It knows no rules.
"use strict";
(async () => {
  if (window.lacks) return;
  const $ = (id) => document.getElementById(id);
  const SECONDS = 30; // a file that is read takes a tenth of a second, the largest within the limits a few
  const MOST = 20 * 2 ** 20; // the reader refuses what is larger by itself: its bytes are not needed
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  const t = (zh, en) => (window.english ? en : zh);
  const ENGLISH = {
    title: "Annual reports on government information disclosure", put: "Put in files",
    trust: "It runs in this browser: no network, nothing uploaded, nothing kept. Close the page and all is gone.",
    drop: "Drop returns here: one file, or a whole folder.",
    kinds: "A roster and last year's returns or roll-up may be among them; they are recognised by what is in them.",
    files: "Choose files", folder: "Choose a folder", skip: "Skip this file", stop: "Stop",
    rollup: "Save the roll-up", reply: "Save the workbook with its faults marked", replies: "Save all replies and letters (zip)",
    report: "Make the official report (web page)", json: "Save the results (JSON)", again: "Clear",
    settings: "Year, region, choices", year: "Year", region: "Region", code: "Its unified code", level: "Level", asof: "As of",
    due: "Deadline", office: "Letters are from", contact: "Whom to ask",
    last: "Compare with last year's files among these", prefer: "Of two versions take the newer",
    redo: "Check again so", undo: "Take back what was decided here", more: "Also", blanks: "Blank templates", blank: "Save the blanks (zip)",
    blankhelp: "With a roster one for each body, its name, code and last year's carry-over filled in; without one a single blank.",
    paste: "Paste a report and get a filled workbook", make: "Make the workbook and check it",
    pastehelp: "Select the whole report in Word or on a web page, its three tables too, copy, and paste here:",
    name: "Body", bodycode: "Its unified code",
    needs: "Needs Chrome or Edge 97, or Firefox 115. Paste reports that are docx or PDF, or use the command line; encrypted files and the proof of a roll-up need the command line.",
    parts: "Parts, digests, licences",
  };
  if (window.english) {
    document.title = "Annual reports";
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = ENGLISH[node.dataset.t] || node.textContent;
  }

  const make = (tag, text, kind) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };
  const state = (word) => { document.documentElement.dataset.state = word; };
  const say = (text) => { $("state").textContent = text; };
  const progress = (percent) => { $("bar").hidden = percent === null; if (percent !== null) $("bar").value = percent; };

  // ---- the parts, unpacked once -------------------------------------------------------------
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const packed = (name) => {
    const node = $("part-" + name), raw = atob(node.textContent), bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
    node.remove();
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  };
  let module, library, source;
  try {
    say(t("正在准备……", "Getting ready…"));
    progress(10);
    [module, library, source] = await Promise.all([
      packed("runtime").arrayBuffer().then((bytes) => WebAssembly.compile(bytes)),
      packed("library").arrayBuffer(),
      packed("worker").blob().then((blob) => URL.createObjectURL(new Blob([blob], { type: "text/javascript" }))),
    ]);
  } catch (fault) {
    state("lacking");
    say(t(`这个浏览器打不开本工具（${fault.message}）。请换用较新的 Chrome、Edge 或火狐。`,
      `This browser cannot open the tool (${fault.message}). Please use a newer Chrome, Edge or Firefox.`));
    return;
  }

  // ---- the worker: one question at a time; one that takes too long ends it --------------------
  let worker = null, waiting = null, number = 0;
  const end = (why) => {
    if (worker) worker.terminate();
    worker = null;
    const one = waiting;
    waiting = null;
    if (one) { clearTimeout(one.clock); one.fail(new Error(why)); }
  };
  const post = (message, seconds) => new Promise((done, fail) => {
    const id = ++number;
    waiting = { id, done, fail, clock: seconds ? setTimeout(() => end("超时"), seconds * 1000) : 0 };
    worker.postMessage({ ...message, id });
  });
  const begin = () => {
    end("");
    worker = new Worker(source);
    worker.onmessage = ({ data }) => {
      if (!waiting || waiting.id !== data.id) return;
      if (data.dead) { end("程序中断"); return; }
      const one = waiting;
      waiting = null;
      clearTimeout(one.clock);
      if (data.fault !== undefined) one.fail(new Error(data.fault)); else one.done(data.value);
    };
    worker.onerror = (event) => { event.preventDefault(); end(event.message || "worker"); };
    return post({ start: true, module, library, zone });
  };
  const ask = async (name, value = {}, more = {}, seconds = 0) => {
    const answer = await post({ name, value, more }, seconds);
    if (answer && answer.refused) throw new Error(t(answer.refused, answer.english || answer.refused));
    return answer;
  };

  // ---- files --------------------------------------------------------------------------------
  // Under file:// Chromium refuses FileSystemEntry.file() and readEntries(); handles work there. Firefox has entries alone.
  const walkHandle = async (handle, path, found) => {
    if (handle.kind === "file") found.push([path + handle.name, await handle.getFile()]);
    else for await (const child of handle.values()) await walkHandle(child, path + handle.name + "/", found);
  };
  const walkEntry = async (entry, path, found) => {
    if (entry.isFile) found.push([path + entry.name, await new Promise((done, fail) => entry.file(done, fail))]);
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, fail) => reader.readEntries(done, fail));
        if (!some.length) break;
        for (const child of some) await walkEntry(child, path + entry.name + "/", found);
      }
    }
  };
  const unfolded = async (transfer) => {
    const items = [...transfer.items].filter((item) => item.kind === "file"), plain = [...transfer.files], found = [];
    const roots = items.map((item) => item.getAsFileSystemHandle ? item.getAsFileSystemHandle() : item.webkitGetAsEntry());
    try {
      for (const root of await Promise.all(roots)) await (root.kind ? walkHandle : walkEntry)(root, "", found);
      return found;
    } catch {
      say(t("这个浏览器不能这样放文件夹，请用“选文件夹”。", "This browser does not take folders so; use “Choose a folder”."));
      return plain.filter((file) => file.type || file.size % 4096).map((file) => [file.name, file]);
    }
  };
  // Names are those below the one folder that was put in, as the command line has them.
  const named = (found) => {
    const first = found[0][0].split("/")[0] + "/";
    return found.every(([name]) => name.startsWith(first)) ? found.map(([name, file]) => [name.slice(first.length), file]) : found;
  };
  const bytesOf = async (file) => (file.size > MOST ? new ArrayBuffer(0) : file.arrayBuffer());
  const pathOf = (name) => "/files/" + name;

  let pile = new Map(), kept = new Map(), all = null, busy = false, stopped = false, unread = 0, adopted = {}, waivers = {};
  const revive = async () => {
    await begin();
    await ask("put", { names: [...pile.keys()] });
    for (const [name, one] of kept) {
      const bytes = one.whole ? await bytesOf(pile.get(name)) : undefined;
      await ask("restore", { name }, { path: pathOf(name), bytes, state: one.state });
    }
  };
  const readOne = async (name, file) => {
    let bytes;
    try { bytes = await bytesOf(file); } catch (fault) {
      return { state: await ask("lose", { name, why: `浏览器读不了这个文件：${fault.name}` }) };
    }
    // A file past the limit is refused by its size: a placeholder one byte past it stands for it.
    const given = file.size > MOST ? new ArrayBuffer(MOST + 1) : bytes;
    try {
      const state = await ask("read", { name, modified: file.lastModified / 1000 }, { path: pathOf(name), bytes: given }, SECONDS);
      return { state, whole: true };
    } catch (fault) {
      if (worker) end("");
      await revive();
      return { state: await ask("lose", { name, why: fault.message }) };
    }
  };
  const take = async (found) => {
    if (busy || !found.length) return;
    busy = true;
    stopped = false;
    unread = 0;
    state("busy");
    $("stop").hidden = $("skip").hidden = false;
    pile = new Map(named(found).sort(([one], [other]) => (one < other ? -1 : 1)));
    kept = new Map();
    adopted = {};
    waivers = {};
    $("year").value = "";
    try {
      if (!worker) await begin();
      const listed = await ask("put", { names: [...pile.keys()] });
      let at = 0;
      for (const name of listed.files) {
        if (stopped) break;
        say(t(`正在读 ${++at}/${listed.files.length}：${name}`, `Reading ${at}/${listed.files.length}: ${name}`));
        progress(100 * at / listed.files.length);
        kept.set(name, await readOne(name, pile.get(name)));
      }
      if (stopped) {
        unread = listed.files.filter((name) => !kept.has(name) && pile.delete(name)).length;
        await revive();
      }
      $("stop").hidden = $("skip").hidden = true;
      await judge();
    } catch (fault) { trouble(fault); }
    $("stop").hidden = $("skip").hidden = true;
    busy = false;
  };
  const trouble = (fault) => { state("ready"); progress(null); say(t(`没有做成：${fault.message}`, `It failed: ${fault.message}`)); };
  const settings = () => ({
    year: Number($("year").value) || null, region: $("region").value.trim(), region_code: $("region-code").value.trim(),
    level: $("level").value, as_of: $("as-of").value || today(), last: $("last").checked, prefer: $("prefer").checked,
    deadline: $("deadline").value, office: $("office").value.trim(), contact: $("contact").value.trim(), waivers, adopted,
  });
  const today = () => {
    const now = new Date(), two = (value) => String(value).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };
  const judge = async () => {
    say(t("正在审核……", "Checking…"));
    all = await ask("judge", settings());
    progress(null);
    show();
    state("done");
  };

  // ---- what is shown: text alone, never markup ------------------------------------------------
  const VERDICT = { pass: t("通过", "pass"), fail: t("不通过", "fail"), unreadable: t("读不了", "unreadable") };
  const ORDER = { fail: 0, unreadable: 1, pass: 2 };
  const levelled = (file) => {
    const counts = { error: 0, warning: 0 };
    for (const finding of file.findings) if (finding.severity in counts && finding.explained === null) counts[finding.severity]++;
    return counts;
  };
  const nameOf = (file) => (file.respondent && file.respondent.name) || "—";
  const table = (caption, heads, rows, kind) => {
    const whole = make("table", null, kind), head = make("tr");
    whole.append(make("caption", caption));
    for (const text of heads) { const cell = make("th", text); cell.scope = "col"; head.append(cell); }
    whole.createTHead().append(head);
    whole.createTBody().append(...rows);
    return whole;
  };
  const row = (...cells) => { const line = make("tr"); line.append(...cells.map((cell) => (cell instanceof Node ? cell : make("td", cell)))); return line; };
  const findingsOf = (file, words = all.words[file.file] || []) => {
    const list = make("ol", null, "findings");
    file.findings.forEach((finding, at) => {
      const item = make("li"), word = words[at];
      item.append(make("span", t(word.level, word.level_en) + " ", `word ${finding.severity}`));
      item.append(make("span", [finding.sheet, finding.cell].filter(Boolean).join(" "), "where"));
      item.append(t(finding.message, word.message || finding.message));
      if (finding.explained !== null) item.append(make("span", t(`已说明：${finding.explained}`, `Explained: ${finding.explained}`), "remedy"));
      const remedy = t(finding.remedy, word.remedy || finding.remedy);
      if (remedy) item.append(make("span", t("改法：", "What to do: ") + remedy, "remedy"));
      list.append(item);
    });
    return list;
  };
  const show = () => {
    const files = [...all.check.files].sort((one, other) => ORDER[one.verdict] - ORDER[other.verdict]), single = files.length === 1;
    const sum = all.check.summary;
    $("result").hidden = false;
    $("result-head").textContent = !files.length ? t("没有年报", "No returns") : single ? `${nameOf(files[0])}：${VERDICT[files[0].verdict]}` : t("审核结果", "Results");
    $("summary").textContent = !files.length && all.roster.length ? t(`认出名录 ${all.roster[0]}：可以在下面“要空白表”，或者把年报和名录一起放进来。`, `${all.roster[0]} is a roster: get the blanks below, or put in returns together with it.`)
      : !files.length ? t("放进来的文件里没有可以审核的。", "There is nothing to check among these files.")
      : single ? t(files[0].status.sentence, files[0].status.sentence_en)
      : t(`${all.year ?? "未知"} 年度，共 ${sum.files} 个文件：通过 ${sum.pass}，不通过 ${sum.fail}，读不了 ${sum.unreadable}。名录：${all.roster[0] || "没有放入"}；上年：${all.last.length ? all.last.length + " 个文件" : "没有放入"}。`,
        `${all.year ?? "?"}: ${sum.files} files, ${sum.pass} pass, ${sum.fail} fail, ${sum.unreadable} unreadable. Roster: ${all.roster[0] || "none"}; last year: ${all.last.length || "none"}.`);
    say(unread ? t(`已停止：还有 ${unread} 个文件没有读，结果里没有它们。要接着审核，请把文件再放进来。`, `Stopped: ${unread} files were not read and are not in the results. Put the files in again to go on.`)
      : t("审核完了。", "Checked."));
    $("done").textContent = "";
    $("undo").hidden = !Object.keys({ ...adopted, ...waivers }).length;
    $("save-rollup").hidden = single || !all.merge;
    $("save-replies").hidden = single || !files.some((file) => file.verdict !== "unreadable");
    $("save-reply").hidden = !single || files[0].verdict === "unreadable";
    $("save-report").hidden = !single || files[0].verdict === "unreadable";
    const years = [...new Set([...all.years, all.year].filter(Boolean))];
    $("year").replaceChildren(...years.map((year) => { const option = make("option", year); option.value = year; option.selected = year === all.year; return option; }));
    if (!$("as-of").value) $("as-of").value = today();
    if (all.year && !$("deadline").value) $("deadline").value = `${all.year + 1}-01-31`;
    if (all.year && !$("blank-year").value) $("blank-year").value = $("pasted-year").value = all.year;
    $("coverage").replaceChildren(...(single || !all.merge ? [] : [coverage(all.merge.coverage)]));
    $("bodies").replaceChildren(...(single || !all.bodies.length || !all.roster.length ? [] : [bodies()]));
    $("list").replaceChildren(...(single ? alone(files[0]) : files.length ? [listed(files)] : []));
    if (!files.length && all.roster.length) $("blank").parentNode.open = true;
    $("charts").replaceChildren(...(single ? [] : all.charts.map(chart)));
    $("skipped").replaceChildren(...all.check.skipped.map((one) => make("p", `${one.file}：${one.message}`, "quiet")));
    $("result-head").focus();
  };
  const alone = (file) => {
    const parts = make("ul", null, "parts");
    for (const part of file.status.parts || []) parts.append(make("li", `${part.part}：${part.words}`));
    const head = make("h3", t(`审核意见 ${file.findings.length} 条`, `${file.findings.length} findings`));
    const last = all.last.length ? t(`已对照上年：${all.last.join("、")}。`, `Compared with last year: ${all.last.join(", ")}.`)
      : t("把上年的年报和这一份一起放进来，就能对照结转和现行有效件数。", "Put last year's return in together with this one to compare what is carried over.");
    const report = /\.(docx?|wps|html?|pdf|txt)$/i.test(file.file), unread = file.verdict === "unreadable";
    if (report && unread) $("pasting").parentNode.open = true;
    const note = !unread ? last : report ? t("如果这是写好的年度报告：打开它，全选、复制，粘贴到下面，就变成填好的工作簿。", "If this is the written report: open it, select and copy all, and paste it below to get a filled workbook.") : "";
    return [parts, make("p", note, "quiet"), ...(file.findings.length ? [head, findingsOf(file)] : [])];
  };
  const coverage = (covered) => {
    const states = new Map(all.files.map((one) => [one.file, one]));
    const names = (list) => list.map((one) => one.name || one.code || one.file || (one.respondent && one.respondent.name)).join("、");
    const lines = [
      [t("应报", "expected"), covered.expected ?? "—", ""], [t("已报", "received"), covered.received, ""],
      [t("已汇总", "merged"), covered.merged, covered.partial ? t(covered.label, "partial") : ""],
      [t("未报", "missing"), covered.missing.length, names(covered.missing)],
      [t("未计入", "left out"), covered.excluded.length, covered.excluded.map((one) => `${one.respondent.name || one.file}：${t(one.reason, (states.get(one.file) || {}).reason_en)}`).join("\n")],
      [t("两份不一致", "in conflict"), covered.conflicts.length, names(covered.conflicts)],
      [t("重复", "duplicates"), covered.duplicates.length, covered.duplicates.map((one) => one.file).join("、")],
      [t("存疑未说明", "unexplained"), covered.unexplained, ""],
    ].filter(([, count], at) => at < 3 || count);
    return table(t("汇总覆盖", "Coverage"), [t("项目", "What"), t("家数", "Count"), t("哪些", "Which")],
      lines.map(([what, count, which]) => {
        const cell = make("td");
        cell.append(...String(which).split("\n").map((line) => make("div", line)));
        return row(make("th", what), make("td", String(count), "count"), cell);
      }));
  };
  const bodies = () => {
    const order = ["missing", "received", "returned", "mended", "passed", "waived", "not_expected"];
    const sorted = [...all.bodies].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
    const open = make("details"), count = sorted.filter((body) => body.state === "missing").length;
    open.append(make("summary", t(`各单位状态（${sorted.length} 家，${count} 家未报）`, `Bodies (${sorted.length}, ${count} missing)`)));
    open.append(table("", [t("状态", "State"), t("单位", "Body"), t("计入汇总", "In the roll-up"), t("文件", "Files")],
      sorted.map((body) => row(make("td", t(body.words, body.words_en), `word ${body.in_rollup ? "ok" : "warning"}`), body.name, body.in_rollup ? t("是", "yes") : t("否", "no"), body.files.join("、")))));
    return open;
  };
  const listed = (files) => {
    const states = new Map(all.files.map((one) => [one.file, one]));
    const heads = [t("结果", "Result"), t("单位", "Body"), t("错误", "Errors"), t("存疑", "Doubts"), t("文件和意见", "File and findings")];
    return table(t("每个文件", "Each file"), heads, files.map((file) => {
      const counts = levelled(file), settled = states.get(file.file), last = make("td", null, "file");
      last.append(make("div", file.file + (settled ? `　${t(settled.words, settled.words_en)}` : "")));
      if (settled && settled.reason && settled.state !== "merged") last.append(make("div", t(settled.reason, settled.reason_en), "quiet"));
      if (file.findings.length) {
        const open = make("details");
        open.append(make("summary", t(`${file.findings.length} 条意见`, `${file.findings.length} findings`)), findingsOf(file));
        open.firstChild.setAttribute("aria-label", t(`${nameOf(file)} 的 ${file.findings.length} 条意见`, `${file.findings.length} findings of ${nameOf(file)}`));
        last.append(open);
      }
      const decision = settled && decide(file, settled);
      if (decision) (settled.state === "failing" ? last.lastChild : last).append(decision);
      const number = (count, label) => { const cell = make("td", String(count), "count"); cell.dataset.label = label; return cell; };
      return row(make("td", VERDICT[file.verdict], `word ${file.verdict}`), nameOf(file), number(counts.error, heads[2]), number(counts.warning, heads[3]), last);
    }), "files");
  };
  // What 台账 lets a coordinator decide: a return with errors counts for a reason, or one of two versions counts.
  const decide = (file, settled) => {
    if (!settled.code || !["failing", "conflict"].includes(settled.state)) return null;
    const form = make("form", null, "decide unprinted");
    const failing = settled.state === "failing", button = make("button", failing ? t("仍计入汇总", "Count it all the same") : t("采用这一份", "Take this one"));
    const reason = make("input");
    reason.required = true;
    reason.placeholder = t("理由（写进汇总表）", "The reason (it goes into the roll-up)");
    reason.setAttribute("aria-label", t(`${nameOf(file)} 仍计入汇总的理由`, `Why ${nameOf(file)} counts`));
    if (failing) form.append(reason);
    form.append(button);
    form.onsubmit = (event) => {
      event.preventDefault();
      if (failing) waivers[settled.code] = reason.value.trim(); else adopted[settled.code] = settled.sha256;
      act(judge);
    };
    return form;
  };
  const CHARTS = ["New applications, by applicant", "Applications by result", "Bodies with most new applications"];
  const chart = ({ title: chinese, rows }, at) => {
    const title = t(chinese, CHARTS[at] || chinese);
    const whole = make("figure"), space = "http://www.w3.org/2000/svg", high = 24, left = 190, wide = 620;
    const most = Math.max(1, ...rows.map(([, value]) => Number(value)));
    const draw = (tag, attributes, text) => {
      const node = document.createElementNS(space, tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const picture = draw("svg", { viewBox: `0 0 ${wide} ${high * rows.length + 4}`, role: "img", "aria-label": `${title}：${rows.map(([label, value]) => `${label} ${value}`).join("，")}` });
    rows.forEach(([label, value], at) => {
      const length = Math.round((wide - left - 70) * Number(value) / most), top = at * high + 4;
      picture.append(draw("text", { x: left - 8, y: top + 14, "text-anchor": "end" }, label.length > 13 ? label.slice(0, 12) + "…" : label),
        draw("rect", { x: left, y: top, width: Math.max(length, 1), height: high - 7 }),
        draw("text", { x: left + length + 6, y: top + 14 }, Number(value).toLocaleString("zh-CN")));
    });
    whole.append(make("figcaption", title), picture);
    return whole;
  };

  // ---- saving ---------------------------------------------------------------------------------
  const save = (data, name) => {
    const link = make("a"), type = name.endsWith(".html") ? "text/html" : "application/octet-stream";
    link.href = URL.createObjectURL(new Blob([data], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    $("done").textContent = t(`已保存 ${name}（在浏览器的下载文件夹里）。`, `Saved ${name} to the browser's download folder.`);
  };
  const unpacked = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const act = async (work) => {
    if (busy) return;
    busy = true;
    state("busy");
    const buttons = [...document.querySelectorAll("button:not(#skip):not(#stop)")];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      if (!worker) await revive();
      await work();
      state(all ? "done" : "ready");
    } catch (fault) {
      trouble(fault);
      $("done").textContent = fault.message;
      if (!worker) await revive().catch(trouble);
    }
    buttons.forEach((button) => { button.disabled = false; });
    busy = false;
  };
  const allReplies = async () => {
    const count = await ask("begin");
    for (let at = 1; await ask("more"); at++) {
      say(t(`正在写退回件 ${at}/${count}`, `Writing replies ${at}/${count}`));
      progress(100 * at / count);
    }
    progress(null);
    save(await ask("packed"), t("退回件.zip", "replies.zip"));
    say(t("退回件和信写好了，信在“信”文件夹里。", "The replies are written; the letters are in the folder 信."));
  };
  const stem = () => all.check.files[0].file.split("/").pop().replace(/\.[^.]*$/, "");
  $("save-rollup").onclick = () => act(async () => save(await ask("rollup"), `汇总_${all.year}.xlsx`));
  $("save-replies").onclick = () => act(allReplies);
  $("save-reply").onclick = () => act(async () => {
    const made = await ask("one", { file: all.check.files[0].file });
    if (made) save(unpacked(made.base64), made.name);
    else $("done").textContent = t("这个文件没有可以退回的工作簿。", "There is no workbook to send back for this file.");
  });
  $("save-report").onclick = () => act(async () => {
    const file = all.check.files[0];
    save(await ask("publish", { file: file.file, draft: file.verdict !== "pass" }), `${stem()}.html`);
  });
  $("save-json").onclick = () => act(async () => save(JSON.stringify({ check: all.check, merge: all.merge }), "审核结果.json"));
  $("again").onclick = () => location.reload();
  $("undo").onclick = () => { adopted = {}; waivers = {}; act(judge); };
  $("options").onsubmit = (event) => { event.preventDefault(); act(judge); };
  $("blank").onsubmit = (event) => {
    event.preventDefault();
    const year = Number($("blank-year").value);
    act(async () => save(await ask("templates", { year }), `空白表_${year}.zip`));
  };

  // ---- a report that is pasted: tables become lines with tabs between the cells -----------------
  const flat = (html) => {
    // Word's styles are of no use here, and the page's policy would complain of each.
    const plain = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, " "));
    const lines = [], page = new DOMParser().parseFromString(plain, "text/html");
    const text = (node) => node.textContent.replace(/\s+/g, " ").trim();
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) { if (text(node)) lines.push(text(node)); return; }
      if (node.nodeType !== Node.ELEMENT_NODE || /^(STYLE|SCRIPT|TITLE)$/.test(node.tagName)) return;
      if (node.tagName === "TABLE") for (const line of node.rows) lines.push([...line.cells].map(text).join("\t"));
      else if (/^(P|H[1-6]|LI)$/.test(node.tagName)) { if (text(node)) lines.push(text(node)); }
      else node.childNodes.forEach(walk);
    };
    walk(page.body);
    return lines.join("\n");
  };
  $("pasted").onpaste = (event) => {
    const html = event.clipboardData.getData("text/html");
    if (!/<table/i.test(html)) return;
    event.preventDefault();
    $("pasted").setRangeText(flat(html), $("pasted").selectionStart, $("pasted").selectionEnd, "end");
  };
  $("pasting").onsubmit = (event) => {
    event.preventDefault();
    const question = { text: $("pasted").value, year: Number($("pasted-year").value), respondent: $("pasted-name").value.trim(), code: $("pasted-code").value.trim() };
    let made = null;
    act(async () => {
      $("made").textContent = "";
      try { made = await ask("paste", question); } catch (fault) { $("made").textContent = fault.message; throw fault; }
      save(unpacked(made.base64), made.name);
      $("made").textContent = t(`已变成 ${made.name} 并保存；审核结果见上。`, `Saved as ${made.name}; the results of the check are above.`)
        + (made.findings.length ? t(`读入时有 ${made.findings.length} 处要看：`, ` ${made.findings.length} matters of the reading:`) : "");
      if (made.findings.length) $("made").append(findingsOf(made, made.words));
    }).then(() => made && take([[made.name, new File([unpacked(made.base64)], made.name)]]));
  };

  // ---- begin ------------------------------------------------------------------------------------
  $("skip").onclick = () => end("已跳过");
  $("stop").onclick = () => { stopped = true; end("已停止"); };
  const zoneOf = $("drop");
  addEventListener("dragover", () => zoneOf.classList.add("over"));
  addEventListener("dragleave", () => zoneOf.classList.remove("over"));
  addEventListener("beforeprint", () => document.querySelectorAll("#result details").forEach((one) => { one.open = true; }));
  for (const id of ["files", "folder"]) $(id).onchange = ({ target }) => {
    take([...target.files].map((file) => [file.webkitRelativePath || file.name, file]));
    target.value = "";
  };
  say(t("正在启动……", "Starting…"));
  progress(40);
  try { await begin(); } catch (fault) {
    state("lacking");
    say(t(`启动不了：${fault.message}`, `It does not start: ${fault.message}`));
    return;
  }
  progress(null);
  say(t("可以放入文件了。", "Ready for files."));
  state("ready");
  const early = window.dropped;
  window.dropped = null;
  addEventListener("drop", async (event) => { zoneOf.classList.remove("over"); take(await unfolded(event.dataTransfer)); });
  if (early.length) take(early.flatMap((transfer) => [...transfer.files].map((file) => [file.name, file])));
})();
