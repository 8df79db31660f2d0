"""Why a file is not taken, in words that say what to do; nothing of a refused file is kept."""

from typing import Literal

from tongban.services import Text

Code = Literal[
    "file-missing",
    "file-too-large",
    "file-type",
    "file-broken",
    "file-protected",
    "file-script",
    "file-virus",
    "file-unscanned",
]

TEXTS: dict[Code, Text] = {
    "file-missing": Text(zh="请先选择一个文件", en="Choose a file first"),
    "file-too-large": Text(
        zh="文件太大，最大 10 MB。请缩小图片，或分成几个文件",
        en="The file is too large; at most 10 MB. Make the picture smaller or split the file",
    ),
    "file-type": Text(
        zh="文件的内容不是这一题可以收的类型。请上传 PDF，或 JPEG、PNG 图片；只改文件名没有用",
        en="Its content is of no type taken here, whatever its name. Upload a PDF, or a JPEG or PNG picture",
    ),
    "file-broken": Text(
        zh="文件打不开，可能没有保存完整。请重新保存或重新拍照后再上传",
        en="The file cannot be opened and may be incomplete. Save it again or take the picture again",
    ),
    "file-protected": Text(
        zh="文件加了密码，工作人员打不开。请去掉密码后再上传",
        en="The file has a password, so nobody could open it. Remove the password and upload it again",
    ),
    "file-script": Text(
        zh="文件里有脚本、程序或附件，不能收。请打印成新的 PDF，或者拍照上传",
        en="It holds a script, a program or an attachment. Print it to a new PDF, or upload a picture",
    ),
    "file-virus": Text(
        zh="查毒程序在文件里发现了病毒，没有保存。请换一个文件，并检查您的设备",
        en="A virus was found in the file and it was not kept. Use another file, and check your device",
    ),
    "file-unscanned": Text(
        zh="查毒程序现在不能用，没有查过的文件不收。请过几分钟再传，已填的回答都在",
        en="Files cannot be scanned for viruses now, and unscanned ones are not taken. Try again later",
    ),
}


class FileRefused(Exception):
    """A file that is not taken; `code` does not change, `text` says what to do."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code
        self.text = TEXTS[code]
