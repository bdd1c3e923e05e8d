/** RFC 8259, broken in ways that parsers of the world let through. */
export const brokenJson: readonly (string | Buffer)[] = [
  ...['{', '}', '[', ']', '{"a":1', '[1', '"a', '{"a"', '{"a":', '{"a":1,', '[1,', '{"a":"b'],
  ...['{"a":1}}', '{"a":1}{"b":2}', '[1]2', '{"a":1} x', 'null null', '{"a":1},'],
  ...["{'a':1}", '{a:1}', '{"a":b}', '{"a":undefined}', '{"a":True}', '{"a":None}'],
  ...['{"a":NaN}', '{"a":Infinity}', '{"a":-Infinity}', '{"a":+1}', '{"a":.5}', '{"a":5.}'],
  ...['{"a":01}', '{"a":0x1}', '{"a":1e}', '{"a":1e+}', '{"a":--1}', '{"a":1_000}'],
  ...['{"a":1,}', '[1,]', '[,1]', '[1,,2]', '{,}', '{"a" 1}', '{"a":1 "b":2}', '{:1}', '{1:1}'],
  ...['// a\n{}', '/* a */{}', '{}// a', '#a\n{}', '{"a":1/**/}'],
  ...['{"a":"\n"}', '{"a":"\t"}', '{"a":"\0"}', '{"a":"\\x41"}', '{"a":"\\u12"}', '{"a":"\\"}'],
  ...['\ufeff{"a":1}', '\ufeff', ' \v{}', '\u00a0{}', '\u2028{}', '\x00{}', '<a/>', 'a=1', '--b'],
  Buffer.from('{"a":"\xff"}', 'latin1'),
  Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]), // overlong
  Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), // a surrogate in UTF-8
  Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]), // beyond Unicode
  Buffer.from('{"a":1}', 'utf16le'),
  Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), // gzip
]
