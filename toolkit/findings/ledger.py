"""Findings about the coordinator's own desk and folder (LEDGER_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

ENTRIES: tuple[Entry, ...] = (
    entry("LEDGER_001", "error", "台账表认不出", "台账.xlsx 里找不到“单位”一表或它的表头，其中的决定没有读取，文件没有改动。", "请不要删改表头；把这个文件改名，重新运行 nianbao ledger 生成新的，再填决定。",
          "Desk not recognised", "The sheet of bodies or its headings are missing from 台账.xlsx; its decisions were not read and the file was left as it is.", "Rename the file and run nianbao ledger again."),
    entry("LEDGER_002", "error", "决定看不懂", "“{title}”一格不能用：{why}；没有记入台账。", "请改正这一格后重新运行；不需要的请清空。",
          "Decision not understood", "The cell {title} cannot be used: {why}; it was not recorded.", "Correct or clear the cell and run again."),
    entry("LEDGER_003", "error", "豁免没有理由", "豁免 {rules} 没有写理由，没有生效。", "请在“豁免理由”一格写明谁、何时、凭什么同意，再重新运行。",
          "Waiver without a reason", "The waiver of {rules} has no reason and is not in force.", "Write who agreed, when and why, and run again."),
    entry("LEDGER_004", "warning", "只有理由", "写了理由，却没有选采用哪一份，也没有写豁免哪条规则。", "请补上“采用哪一份”或“豁免规则”，或把这句话写进“备注”。",
          "A reason for nothing", "There is a reason but neither a file to adopt nor a rule to waive.", "Fill one of them in, or move the sentence to 备注."),
    entry("LEDGER_005", "warning", "收件人与单位不符", "发件人 {sender} 是名录中 {owner} 的邮箱，所附年报却是{body}的。", "请核实这份年报是不是该单位报的；是代报的可不管，发错的请让其重发。",
          "Sender of another body", "The sender {sender} is the address of {owner}, but the return is that of {body}.", "Verify that the return comes from its body."),
    entry("LEDGER_006", "warning", "发件人不在名录", "发件人 {sender} 不是{body}在名录中的邮箱。", "请核实来源；是该单位的，请在名录中补上邮箱。",
          "Sender not on the roster", "The sender {sender} is not the address of {body} on the roster.", "Verify where it comes from, or bring the roster up to date."),
    entry("LEDGER_007", "warning", "另有一份台账", "旁边另有 {other}，是 {desk} 开着时另存的；只有 {desk} 上的决定会被读入。", "请把已填在 {other} 上的决定抄到 {desk}，再删去 {other}。",
          "Another desk", "{other} was written beside the open {desk}; decisions are read from {desk} alone.", "Copy what was typed there into {desk} and delete {other}."),
)  # fmt: skip
