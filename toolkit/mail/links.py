"""Links to files that were put elsewhere instead of being attached, as a letter's text has them; none is ever opened."""

from __future__ import annotations

import html
import re

_PLACES: tuple[tuple[str, str], ...] = (
    (
        r"(?:[\w-]+\.)*(?:wx\.mail|mail|exmail)\.qq\.com/(?:ftn|cgi-bin/ftnexs|cgi-bin/ftndown)",
        "QQ 邮箱超大附件（中转站）",
    ),
    (r"(?:[\w-]+\.)*mail\.ftn\.qq\.com(?::\d+)?/", "QQ 邮箱超大附件（中转站）"),
    (
        r"(?:[\w-]+\.)*(?:163|126|yeah)\.(?:com|net)/(?:large-attachment|html/cloud-attachment|fs/display|filehub)",
        "网易邮箱云附件",
    ),
    (r"u\.163\.com/t\d/", "网易邮箱云附件"),
    (r"(?:pan|yun)\.baidu\.com/(?:s|share)", "百度网盘"),
    (r"share\.weiyun\.com/", "腾讯微云"),
    (r"(?:www\.)?(?:aliyundrive|alipan)\.com/s/", "阿里云盘"),
    (r"pan\.quark\.cn/s/", "夸克网盘"),
    (r"cloud\.189\.cn/(?:t|web/share|file/downloadfile)|download\.cloud\.189\.cn/file", "天翼云盘"),
    (r"(?:caiyun|yun)\.139\.com/", "中国移动云盘"),
    (r"pan\.xunlei\.com/s/", "迅雷云盘"),
    (r"(?:www\.)?jianguoyun\.com/p/", "坚果云"),
    (r"(?:www\.)?123pan\.com/s/|(?:www\.)?123\d{3}\.com/s/", "123 云盘"),
    (r"(?:www\.)?115\.com/s/", "115 网盘"),
    (r"(?:[\w-]+\.)?lanzou[a-z]?\.com/", "蓝奏云"),
    (r"(?:www\.)?(?:wenshushu\.cn|cowtransfer\.com)/", "文件中转链接"),
    (r"(?:[\w-]+\.)*mail\.sina\.com\.cn/filecenter", "新浪邮箱中转站"),
    (r"(?:[\w-]+\.)?kdocs\.cn/", "金山文档（在线文档）"),
    (r"docs\.qq\.com/", "腾讯文档（在线文档）"),
    (r"1drv\.ms/|(?:[\w-]+\.)?sharepoint\.com/", "OneDrive"),
)
_KNOWN = tuple((re.compile(rf"(?<![\w.-])(?:https?:)?//({place})", re.IGNORECASE), name) for place, name in _PLACES)
TEXT_CHARACTERS = 2_000_000
"""How much of a letter is looked through."""


def links(text: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds of places that a letter's text or HTML links to for files, each once with its host."""
    looked = html.unescape(text[:TEXT_CHARACTERS])
    hosts: dict[str, str] = {}
    for pattern, name in _KNOWN:
        match = pattern.search(looked)
        if match is not None:
            hosts.setdefault(name, match[1].partition("/")[0].lower())
    return tuple(hosts.items())
