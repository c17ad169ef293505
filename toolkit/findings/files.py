"""Findings about the file as a whole: what it is, whether it can be read (FILE_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

_FILL = "请把内容填入下发的空白表（.xlsx），保存后重新报送。"
_FILL_EN = "Fill the workbook that was sent out (.xlsx) and send it again."

ENTRIES: tuple[Entry, ...] = (
    entry("FILE_001", "error", "空文件", "文件是空的（0 字节）。", "可能没有传完，请报送单位重新发送。",
          "Empty file", "The file is empty (0 bytes).", "It may not have been sent whole; ask for it again."),
    entry("FILE_002", "error", "打不开", "文件打不开（{why}）。", "请检查文件是否存在、是否有读取权限，再试一次。",
          "Cannot be opened", "The file cannot be opened ({why}).", "Check that it exists and may be read."),
    entry("FILE_003", "error", "不是普通文件", "这不是一个普通文件。", "请把真正的年报文件放进文件夹。",
          "Not a regular file", "This is no regular file.", "Put the real file into the folder."),
    entry("FILE_010", "error", "文件已加密", "工作簿设了打开密码，无法读取。", "请报送单位在 WPS 或 Excel 中取消打开密码，另存后重新发送；知道密码的，可用 --password-file 给出（需要安装 nianbao[crypto]）。",
          "Encrypted", "The workbook has a password to open it.", "Ask the body to remove the password and send it again, or give the password with --password-file (extra nianbao[crypto])."),
    entry("FILE_023", "error", "密码不对", "工作簿设了打开密码，所给的密码都打不开它。", "请向报送单位问清密码，写进密码文件再运行；或请其取消打开密码后重新发送。",
          "Wrong password", "The workbook has a password to open it and none of those given fits.", "Ask the body for the password, or for the file without one."),
    entry("FILE_011", "error", "是 Word 文档", "这是 Word 文档，不是年报工作簿。", _FILL,
          "A Word document", "This is a Word document, not the workbook.", _FILL_EN),
    entry("FILE_012", "error", "是演示文稿", "这是演示文稿，不是年报工作簿。", _FILL,
          "A presentation", "This is a presentation, not the workbook.", _FILL_EN),
    entry("FILE_013", "error", "是 PDF 或 OFD", "这是 PDF 或 OFD 版式文件，不是年报工作簿，里面的数不能直接读取。", _FILL,
          "A PDF or OFD", "This is a PDF or OFD, not the workbook.", _FILL_EN),
    entry("FILE_014", "error", "是图片", "这是图片，不是年报工作簿。", _FILL, "A picture", "This is a picture, not the workbook.", _FILL_EN),
    entry("FILE_015", "error", "是压缩包", "这是压缩包，不是工作簿。", "请先解压，把里面的 .xlsx 文件放进文件夹。",
          "An archive", "This is an archive, not a workbook.", "Unpack it and put the .xlsx files into the folder."),
    entry("FILE_016", "error", "是文本或网页", "这是{what}，不是年报工作簿。", _FILL,
          "Text or a web page", "This is {what}, not the workbook.", _FILL_EN),
    entry("FILE_017", "error", "旧版文档", "这是旧版 Office 文档（{what}），不是可读取的工作簿。", "请用 WPS 或 Excel 打开后另存为 .xlsx；若是 Word 文档，请把内容填入下发的空白表。",
          "An old Office file", "This is an old Office file ({what}), no workbook that can be read.", "Open it and save it as .xlsx."),
    entry("FILE_018", "error", "认不出的文件", "认不出这是什么文件。", _FILL, "Unknown", "This is no file of a known kind.", _FILL_EN),
    entry("FILE_020", "error", "文件损坏", "文件已损坏，读不完整（{why}）。", "请报送单位在 WPS 或 Excel 中打开后另存一份，重新发送。",
          "Damaged", "The file is damaged ({why}).", "Ask the body to open it, save it anew and send it again."),
    entry("FILE_021", "error", "内容不合规范", "工作簿内部内容不合规范（{why}），为安全起见不读取。", "请报送单位用 WPS 或 Excel 打开后另存为新的 .xlsx，重新发送。",
          "Malformed", "The inside of the workbook is malformed ({why}) and was not read.", "Ask the body to save it anew as .xlsx."),
    entry("FILE_022", "error", "没有工作表", "工作簿里没有读到任何工作表或内容。", _FILL,
          "No sheets", "No sheet and no content was found in the workbook.", _FILL_EN),
    entry("FILE_030", "error", "超出读取限度", "工作簿过大或过于复杂：{what}超过 {limit}。", "请删去与年报无关的内容（图片、大片带格式的空白、多余的工作表）；最好把数字填入新的空白表重新报送。",
          "Past a limit", "The workbook is too large or complex: {what} over {limit}.", "Remove what is not part of the return, or fill a fresh template."),
    entry("FILE_040", "error", "读取中断", "读取这个文件时程序中断或超时（{why}），其他文件不受影响。", "请报送单位用 WPS 或 Excel 打开后另存为 .xlsx，重新发送。",
          "Reading stopped", "Reading this file stopped or took too long ({why}); other files are not affected.", "Ask for it as .xlsx, saved anew."),
    entry("FILE_041", "error", "读取时程序出错", "读取这个文件时程序自身出错（{why}），其他文件不受影响。", "请把这个文件和这条提示发给本工具的维护者；急用时请报送单位把内容填入新的空白表。",
          "A fault of the program", "The program itself failed on this file ({why}); other files are not affected.", "Send the file and this line to the maintainers; meanwhile ask for a fresh template, filled."),
    entry("FILE_050", "warning", "带有宏", "工作簿带有宏，本工具不会运行它。", "请报送单位用不带宏的 .xlsx 报送。",
          "Macros", "The workbook holds macros; they are never run.", "Ask for an .xlsx without macros."),
    entry("FILE_051", "warning", "引用了外部文件", "工作簿引用了其他文件，引用来的数可能不是最新的。", "请把引用外部文件的格改为直接填数。",
          "External links", "The workbook refers to other files; what comes from them may be stale.", "Type the numbers instead of linking."),
    entry("FILE_090", "info", "已跳过", "是打开文件时产生的临时文件或隐藏文件，已跳过。", "不必处理。",
          "Skipped", "A lock file or hidden file; skipped.", "Nothing to do."),
    entry("FILE_092", "info", "带有打开密码", "工作簿带有打开密码，已用所给的密码读取；退回件和汇总表不带密码。", "不必处理；以后请报送单位不要设打开密码。",
          "Opened with a password", "The workbook was opened with a password; replies and roll-ups carry none.", "Nothing to do."),
    entry("FILE_091", "info", "锁定与公式未核验", "这是 {kind} 文件：数值已全部读取，锁定与公式未核验。", "能用 .xlsx 报送的请用 .xlsx。",
          "Locks and formulas not verified", "This is an {kind} file: values were read, locks and formulas could not be verified.", "Send .xlsx where possible."),
)  # fmt: skip
