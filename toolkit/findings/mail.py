"""Findings about letters on their way out, and about what came by mail and is no return (MAIL_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

_ATTACH = "请回信请报送单位把填好的 .xlsx 作为普通附件直接发来。"
_ATTACH_EN = "Ask the sender for the .xlsx as a plain attachment."

ENTRIES: tuple[Entry, ...] = (
    entry("MAIL_001", "error", "收件地址不可用", "收件地址“{to}”不是一个完整的邮箱地址，没有发送。", "请在名录中改正，一格只填一个邮箱，如 name@example.cn，再重新发送。",
          "No usable address", "“{to}” is not exactly one complete address; nothing was sent.", "Correct it in the roster, one address a cell, and send again."),
    entry("MAIL_002", "error", "附件不属于收件单位", "附件与收件单位对不上（{why}），没有发送。", "请核对名录的邮箱和退回件文件夹，重新生成退回件后再发送。",
          "The attachment is another's", "The attachment does not belong to the addressee ({why}); nothing was sent.", "Check the roster and the replies, write the replies anew and send again."),
    entry("MAIL_003", "error", "邮件过大", "邮件有 {size} MB，超过 {limit} MB，没有发送。", "请去掉附件中的图片等内容，或改用其他方式送达。",
          "Too large", "The message has {size} MB, over {limit} MB; nothing was sent.", "Make the attachment smaller or hand it over another way."),
    entry("MAIL_004", "error", "邮件被拒收", "邮件被拒收：{reply}", "多为地址有误、邮箱已停用或已满。请与该单位核对邮箱，在名录中改正后重新发送，或改用其他方式送达。",
          "Refused", "The message was refused: {reply}", "Check the address with the body, correct it in the roster and send again."),
    entry("MAIL_005", "warning", "暂未发出", "这一封暂时没有发出（{reply}），仍为待发。", "请稍后再运行一次发送，已发出的不会重发。",
          "Not sent yet", "Not sent for the time being ({reply}); it stays planned.", "Run the sending again later; what was sent is not sent twice."),
    entry("MAIL_006", "warning", "不知是否发出", "这一封不知道是否已经发出（{why}），不会自动重发。", "请在“已发送”中查找或电话询问对方是否收到；确认没有收到的，再指定这一封重发。",
          "Unknown whether sent", "It is not known whether this one was sent ({why}); it is never sent again by itself.", "Ask the addressee; if it did not arrive, name this one to be sent again."),
    entry("MAIL_007", "warning", "发信受限", "邮件服务器限制了发信（{reply}），本次停止，其余仍为待发。", "请一小时后（提示按天限制的，次日）再运行一次发送，并把每分钟封数调低；已发出的不会重发。",
          "Sending is limited", "The mail server limits sending ({reply}); the run stops, the rest stays planned.", "Run the sending again in an hour or the next day, at a lower rate."),
    entry("MAIL_008", "info", "本次没有轮到", "本次没有轮到这一封（{why}），仍为待发。", "请再运行一次发送。",
          "Not its turn", "This one was not reached in this run ({why}); it stays planned.", "Run the sending again."),
    entry("MAIL_009", "error", "上次被拒收", "这一封上次已被拒收，本次没有再发（{reply}）。", "请先与该单位核对邮箱；确认要再发的，请指定这一封重发。",
          "Refused before", "This one was refused before and was not sent again ({reply}).", "Check the address first; to try again, name this one."),
    entry("MAIL_010", "error", "服务器不接受发件地址", "邮件服务器不接受这个发件地址（{reply}），本次停止，其余仍为待发。", "请把邮箱设置中的 user 改成登录账号的完整地址，再运行一次发送。",
          "The sender is refused", "The mail server does not take the sender's address ({reply}); the run stops.", "Let user in the mail settings be the whole address of the account."),
    entry("MAIL_020", "warning", "文件在网盘里", "邮件“{subject}”里是{disk}的链接（{host}），不是附件，程序不会去下载。", "请在有效期内打开邮件自行下载并放进报表文件夹；或" + _ATTACH,
          "Only a link", "The mail “{subject}” holds a link to {host}, not the file; it is not fetched.", "Download it yourself before it lapses; or ask for a plain attachment."),
    entry("MAIL_021", "warning", "附件是 winmail.dat", "邮件“{subject}”的附件被发件人的 Outlook 包成了 winmail.dat，读不出来。", "请发件人在 Outlook 中把邮件格式改为“HTML”或“纯文本”后重新发送。",
          "winmail.dat", "The attachments of “{subject}” were wrapped into winmail.dat by Outlook.", "Ask the sender to choose HTML or plain text in Outlook and to send again."),
    entry("MAIL_022", "warning", "不能解开的压缩包", "“{name}”是 {kind} 压缩包，程序不解这种格式。", "请用解压软件解开后，把里面的 .xlsx 放进报表文件夹；或请发件人直接发 .xlsx。",
          "An archive of another kind", "“{name}” is a {kind} archive, which is not unpacked here.", "Unpack it and put the .xlsx into the folder; or ask for the .xlsx itself."),
    entry("MAIL_023", "warning", "压缩包有密码", "压缩包“{name}”有密码，解不开。", "请向发件人索要密码，解开后把 .xlsx 放进报表文件夹；或请对方不设密码直接发 .xlsx。",
          "An encrypted archive", "The archive “{name}” has a password.", "Ask for the password and unpack it; or ask for the .xlsx itself."),
    entry("MAIL_024", "warning", "文件太大", "“{name}”有 {size} MB，超过 {limit} MB，没有读取。", "请打开核对：与年报无关的可不理；确是年报的，请报送单位去掉图片等内容后重新发送。",
          "Too large to read", "“{name}” has {size} MB, over {limit} MB, and was not read.", "Look at it; if it is a return, ask for it without pictures."),
    entry("MAIL_025", "warning", "压缩包打不开", "压缩包“{name}”没有读完（{why}）。", "请用解压软件打开核对，把里面的 .xlsx 放进报表文件夹；打不开的，请发件人重新发送。",
          "An archive not read", "The archive “{name}” was not read to its end ({why}).", "Open it yourself and put the .xlsx into the folder, or ask for it again."),
    entry("MAIL_026", "warning", "邮件没有附件", "邮件“{subject}”提到了附件或年报，但没有附件。", "可能忘了添加附件，请回信提醒发件人。",
          "No attachment", "The mail “{subject}” speaks of an attachment or a return but has none.", "It may have been forgotten; ask the sender."),
    entry("MAIL_027", "info", "与报表无关的邮件", "邮件“{subject}”没有附件。", "", "A mail without a file", "The mail “{subject}” has no attachment.", ""),
    entry("MAIL_028", "warning", "退信", "邮件系统退信“{subject}”：发往 {to} 的邮件没有送达（{why}）。", "请与该单位核对邮箱，在名录中改正后重新发送，或改用其他方式送达。",
          "Returned undelivered", "A bounce, “{subject}”: the message to {to} was not delivered ({why}).", "Check the address with the body, correct it in the roster and send again."),
    entry("MAIL_029", "warning", "邮件读不完整", "邮件“{subject}”没有读完（{why}）。", "请用邮箱打开这封邮件，把附件另存到报表文件夹。",
          "A mail not read", "The mail “{subject}” was not read to its end ({why}).", "Open it in the mailbox and save its attachments into the folder."),
    entry("MAIL_030", "warning", "邮件已加密", "邮件“{subject}”是加密邮件，读不出附件。", "请用邮箱打开这封邮件，把附件另存到报表文件夹；或请发件人不加密重新发送。",
          "An encrypted mail", "The mail “{subject}” is encrypted.", "Open it in the mailbox and save its attachments; or ask for it unencrypted."),
    entry("MAIL_031", "warning", "压缩包套得太深", "“{name}”是压缩包里的压缩包再套的压缩包，没有打开。", "请自行解开后把里面的 .xlsx 放进报表文件夹。",
          "Nested too deep", "“{name}” is nested too deep and was not opened.", "Unpack it yourself and put the .xlsx into the folder."),
    entry("MAIL_032", "warning", "是 Outlook 的 .msg 邮件", "“{name}”是 Outlook 保存的 .msg 邮件，程序不读这种格式。", "请用 Outlook 打开，把附件另存到报表文件夹。",
          "An Outlook .msg", "“{name}” is a mail saved by Outlook as .msg, which is not read.", "Open it in Outlook and save its attachments into the folder."),
    entry("MAIL_033", "info", "自己发出的邮件", "邮件“{subject}”是本程序发出的，附件不作为报送。", "", "A letter of our own", "The mail “{subject}” was sent by this program; its attachment is no return.", ""),
    entry("MAIL_034", "warning", "附件是临时文件", "邮件“{subject}”的附件“{name}”是打开表格时产生的临时文件，不是表格本身。", "请发件人先关闭表格，再把不带“~$”的 .xlsx 发来。",
          "A lock file was attached", "The attachment “{name}” of “{subject}” is a lock file, not the workbook.", "Ask the sender to close the workbook and to send the .xlsx itself."),
)  # fmt: skip
