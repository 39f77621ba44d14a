// Which values each decorator of class-validator accepts, and which it refuses: the facts of class-validator's own tests
// (typestack/class-validator, test/functional/validation-functions-and-decorators.spec.ts at ff6da295, MIT). The verdicts are
// those of the installed version, 0.15.1 with validator 13.15: six values are judged otherwise there (`LATER_JUDGED`). Where
// those tests have nothing about a decorator, the values are ours (`OURS`).

/** One decorator with its arguments, values that fit, and values that do not. `undefined`: the field is not given. */
export interface ValueRow {
  readonly decorator: string;
  readonly given: readonly unknown[];
  readonly fits: readonly unknown[];
  readonly misfits: readonly unknown[];
}

type Values = readonly unknown[];

const row = (decorator: string, given: Values, fits: Values, misfits: Values): ValueRow => ({
  decorator,
  given,
  fits,
  misfits,
});

/** Texts in one line each. */
const words = (lines: string): readonly string[] => lines.trim().split(/\s+/);

/** Nearly every decorator refuses what is not there. */
const NOTHING: Values = [null, undefined];
const NO_TEXT: Values = [...NOTHING, ''];
const NO_OBJECT: Values = [
  ...NOTHING,
  '{ key: "value" }',
  "{ 'key': 'value' }",
  'string',
  1234,
  false,
  [],
  [{ key: 1 }],
];
const DIGITS = words('-1 -2 0 1 2 3 4 5 6 7 8 9 100000');

/** Enums as TypeScript makes them: one of numbers has its names as values, too. */
const NUMBERED = { First: 1, Second: 999, 1: 'First', 999: 'Second' };
const NAMED = { First: 'first', Second: 'second' };
const NOT_IN_ENUM: Values = [...NOTHING, true, false, 0, {}, 'F2irst'];

const UUID = {
  3: words('A987FBC9-4BED-3078-8F07-9141BA07C9F3'),
  4: words(`713ae7e3-cb32-45f9-adcb-7c4fa86b90c1 625e63f3-58f5-40b7-83a1-a72ad31acffb
    57b73598-8764-4ad0-a76a-679bb6640eb1 9c858901-8a57-4791-81fe-4c455b099bc9`),
  5: words(`987FBC97-4BED-5078-AF07-9141BA07C9F3 987FBC97-4BED-5078-BF07-9141BA07C9F3
    987FBC97-4BED-5078-8F07-9141BA07C9F3 987FBC97-4BED-5078-9F07-9141BA07C9F3`),
};
const NO_UUID: Values = [
  ...NO_TEXT,
  ...words(`xxxA987FBC9-4BED-3078-CF07-9141BA07C9F3 A987FBC9-4BED-3078-CF07-9141BA07C9F3xxx
    A987FBC94BED3078CF079141BA07C9F3 934859 987FBC9-4BED-3078-CF07A-9141BA07C9F3
    AAAAAAAA-1111-1111-AAAG-111111111111`),
];

const NO_HASH: Values = [...NOTHING, ...words('q94375dj93458w34 39485729348 %&FHKJFvk KYT0bf1c35032a71a14c2f719e5a1')];
/** A text of hexadecimal digits, as long as a hash of the kind. */
const hash = (length: number): string => 'd94f3f016ae679c3008de268209132f2'.repeat(4).slice(0, length);
const HASHES: readonly (readonly [number, string])[] = [
  [32, 'md5 md4 ripemd128 tiger128'],
  [8, 'crc32 crc32b'],
  [40, 'sha1 tiger160 ripemd160'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
  [48, 'tiger192'],
];

const SWISS_PLUS: Values = [
  '+41 311111111',
  '+41 31 633 60 01',
  '+41 79 4 666 666',
  '+41 75 416 20 30',
  '+41 (0)311111111',
  '+41 (0)31 633 60 01',
  '+41 (0)79 4 666 666',
  '+41 (0)75 416 20 30',
];
const GERMAN_PLUS = '+49 9072 1111';
const SWISS_LOCAL: Values = ['0311111111', '031 633 60 01', '079 4 666 666', '075 416 20 30'];

const HEROES: readonly (readonly string[])[] = [
  ['world', 'hello', 'superman'],
  ['world', 'superman', 'hello'],
  ['superman', 'world', 'hello'],
];
const nameOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null ? Reflect.get(item, 'name') : item;
const TWICE: Values = [
  ['world', 'hello', 'hello'],
  ['world', 'hello', 'world'],
  ['1', '1', '1'],
];
const named = (list: readonly unknown[]): Values => list.map((name) => ({ name }));

/** A class whose instances a field may hold, and another one. */
class Part {}
class OtherPart {}

const YEAR_1995 = new Date(1995, 11, 17);
const EARLIER = new Date(1994, 11, 17);
const LATER = new Date(2026, 10, 29);

const TAGS = 'ひらがな・カタカナ、．漢字';
const WIDE = 'Good＝Parts';

/** What looks like no date in ISO 8601, and is one. */
const ISO_DATES: Values = [
  ...words(`2009-12T12:34 2009 2009-05-19 20090519 2009123 2009-05 2009-123 2009-222 2009-001 2009-W01-1 2009-W51-1
    2009-W511 2009-W33 2009W511 2009-05-19T14:39Z 2009-W21-2 2009-W21-2T01:22 2009-139 20090621T0545Z 2007-04-06T00:00
    2007-04-05T24:00 2010-02-18T16:23:48.5 2010-02-18T16:23:48,444 2010-02-18T16:23:48,3-06:00 2010-02-18T16:23.4
    2010-02-18T16:23,25 2010-02-18T16:23.33+0600 2010-02-18T16.23334444 2010-02-18T16,2283`),
  ...[
    '00:00',
    '14',
    '14:31',
    '14:39:22',
    '14:39:22-06:00',
    '14:39:22+0600',
    '14:39:22-01',
    '143922.500',
    '1439,55',
  ].map((time) => `2009-05-19 ${time}`),
];
const NO_ISO_DATES: Values = [
  ...NOTHING,
  ...words(`200905 2009367 2009- 2007-04-05T24:50 2009-000 2009-M511 2009M511 2009-05-19T14a39r 2009-05-19T14:3924
    2009-0519 2009-05-1914:39 2009-05-19r14:39 200912-01 2010-02-18T16.5:23.35:48 2010-02-18T16:23.35:48
    2010-02-18T16:23.35:48.45 2010-02-18T16:23.33.600 2010-02-18T16,25:23:48,444`),
  ...['14:', '14a39a22', '14:39:22+06a00', '146922.500', '14.5.44'].map((time) => `2009-05-19 ${time}`),
];

const COMMON: readonly ValueRow[] = [
  row('IsDefined', [], [0, 1, -1, true, false, '', '0', '1234'], NOTHING),
  row('Equals', ['Alex'], ['Alex'], ['Alexxx']),
  row('NotEquals', ['Alex'], ['Alexxx'], ['Alex']),
  row('IsEmpty', [], [...NOTHING, ''], ['0', 0, 1, false, true]),
  row('IsNotEmpty', [], ['a', 'abc'], NO_TEXT),
  row('IsIn', [['foo', 'bar']], ['foo', 'bar'], ['foobar', 'barfoo', '']),
  row('IsNotIn', [['foo', 'bar']], ['foobar', 'barfoo', ''], ['foo', 'bar']),
];

const TYPES: readonly ValueRow[] = [
  row('IsBoolean', [], [true, false], [...NOTHING, 0, 1, 'true']),
  row('IsDate', [], [LATER], [1, true, false, 'Mon Aug 17 2015 00:24:56 GMT-0500 (CDT)', '2009-05-19 14:39:22-06:00']),
  row(
    'IsNumber',
    [],
    [0, 1, 2, 3, 4, 5.4, -10],
    [...NOTHING, '1', '0', true, false, '-100', 'abc', Number.NaN, Infinity, -Infinity],
  ),
  row('IsNumber', [{ allowNaN: true }], [Number.NaN], []),
  row('IsNumber', [{ allowInfinity: true }], [Infinity, -Infinity], []),
  row('IsNumber', [{ maxDecimalPlaces: 3 }], [1.123], [1.1234]),
  row('IsNumber', [{ maxDecimalPlaces: 0 }], [-10, -1, 0, 1, 10], [-11.1, -2.2, -0.1, 0.1, 2.2, 11.1]),
  row('IsInt', [], [2, 4, 100, 1000], ['01', '-01', '000', '100e10', '123.123', '   ', '', 2.5, -0.1]),
  row('IsString', [], ['true', 'false', 'hello', '0', '', '1'], [...NOTHING, true, false, 1, 2]),
  row('IsArray', [], [[], [1, 2, 3], [0, 0, 0], [''], [0], [undefined], [{}]], [...NOTHING, true, false, 1, {}]),
  row('IsEnum', [NUMBERED], [1, 999], NOT_IN_ENUM),
  row('IsEnum', [NAMED], ['first', 'second'], NOT_IN_ENUM),
  row('IsObject', [], [{ key: 'value' }, {}], [...NO_OBJECT, '[]']),
  row('IsNotEmptyObject', [], [{ key: 'value' }, { key: undefined }, { key: null }], [...NO_OBJECT, {}]),
  row('IsNotEmptyObject', [{ nullable: true }], [{ key: 'value' }], [...NO_OBJECT, {}]),
  row('IsInstance', [Part], [new Part()], [...NOTHING, 15, 'something', new OtherPart(), (): null => null]),
];

const NUMBERS_AND_DATES: readonly ValueRow[] = [
  row('IsDivisibleBy', [2], [2, 4, 100, 1000], NO_TEXT),
  row('IsPositive', [], [3, 5000], [...DIGITS, -500, -123, -1, '   ', '']),
  row('IsNegative', [], [-3, -5000, -0.1], [...DIGITS, 500, 123, 1, '   ', '']),
  row('Min', [10], [10, 11, 20, 30, 40], [2, 3, 4, 5, 6, 7, 8, 9, -10]),
  row('Max', [10], [1, 2, 3, 4, 5, 6, 7, 8, 9, -10, 10], [11, 20, 30, 40]),
  row('MinDate', [YEAR_1995], [LATER], [EARLIER]),
  row('MaxDate', [YEAR_1995], [EARLIER], [LATER]),
  row('IsLatLong', [], ['27.6945311,85.3446311', '27.675509,85.2100893'], ['276945311,853446311', 'asas,as.as12']),
  row('IsLatitude', [], ['27.6945311', '27.675509', 27.675509], ['276945311', 'asas', 1234222, 5678921]),
  row('IsLongitude', [], ['85.3446311', '85.2100893', 85.2100893], ['853446311', 'as.as12', 12345, 737399]),
  row(
    'IsDateString',
    [],
    words(`2017-06-06T17:04:42.081Z 2017-06-06T17:04:42.081 2018-01-04T08:15:30 2018-01-04T08:15:30Z
      2018-01-04T08:15:30+04:00 2018-01-04T08:15:30+04 2020-03-26T11:00:01-03:00 2020-03-26T11:00:01-03
      2019-09-03T20:16:24.12Z`),
    [
      ...NOTHING,
      ...[true, false, 1, 2, 'text'],
      ...words(`text2018-01-04T08:15:30+04 2018-01-04T08:15:30Ztext 2019-18-13T22:14:14.761Z 2019-12-39T22:14:14.761Z
        2019-12-31T29:14:14.761Z 2019-00-31T29:14:14.761Z 2019-01-00T29:14:14.761Z 2019-09-03T20:16:24.12-5:00
        2019-09-03T20:16:24.12+5:00 2019-09-03T20:16:24.12-05:0 2019-09-03T20:16:24.12+05:0`),
    ],
  ),
  row('IsISO8601', [], ISO_DATES, NO_ISO_DATES),
  row('IsRFC3339', [], ['2010-02-18t00:23:23.33+06:00'], [...NOTHING, '2009-05-31 14:60:55Z']),
  row('IsMilitaryTime', [], words('10:22 12:03 16:32 23:59 00:00'), [
    ...NOTHING,
    '23:61',
    '25:00',
    '08:08 pm',
    '04:00am',
    '23:00 and invalid counterpart',
  ]),
  row('IsTimeZone', [], words('Asia/Kathmandu America/New_York Europe/Paris Europe/Berlin'), [
    ...NOTHING,
    ...words('Asia/Pokhara America New_York /Paris Asia-Kathmandu'),
  ]),
];

const LISTS: readonly ValueRow[] = [
  row('ArrayContains', [['superman']], HEROES, [...NOTHING, ['world', 'hello']]),
  row('ArrayNotContains', [['superman']], [['world', 'hello']], [...NOTHING, ...HEROES]),
  row('ArrayNotEmpty', [], [[0], [''], [null], [undefined], [false], ...HEROES], [...NOTHING, []]),
  row('ArrayMinSize', [2], [['world', 'hello']], [...NOTHING, ['hi']]),
  row('ArrayMaxSize', [2], [['world', 'hello']], [...NOTHING, ['hi', 'hello', 'javascript']]),
  row('ArrayUnique', [], [...HEROES, ['1', '2', null, undefined]], [...NOTHING, ...TWICE]),
  row('ArrayUnique', [nameOf], [...HEROES, ['1', '2', null, undefined]].map(named), [
    ...NOTHING,
    ...TWICE.map((list) => named(Array.isArray(list) ? list : [])),
  ]),
];

const LENGTHS_AND_PATTERNS: readonly ValueRow[] = [
  row('Contains', ['hello'], ['hello world'], [...NOTHING, 'bye world']),
  row('NotContains', ['hello'], ['bye world'], [...NOTHING, 'hello world']),
  row('Length', [2, 3], ['abc', 'de'], [...NO_TEXT, 'a', 'abcd', 'aaaa', 'azzazza']),
  row('MinLength', [10], ['helloworld', 'hello how are you'], [...NOTHING, 'hellowar', 'howareyou']),
  row('MaxLength', [10], ['hellowar', 'howareyou', 'helloworld'], [...NOTHING, 'helloworld!', 'hello how are you']),
  row('IsByteLength', [2, 20], ['hellostring'], [...NOTHING, 'helloveryveryveryverylongstring']),
  row('Matches', [/abc/], ['abc', 'abcdef', '123abc'], [...NOTHING, 'acb', 'Abc']),
  row('Matches', ['abc', 'i'], ['abc', 'abcdef', '123abc', 'AbC'], [...NOTHING, 'acb']),
  row('IsLowercase', [], ['abc', 'abc123', 'this is lowercase.', 'tr竪s 端ber'], [...NOTHING, 'fooBar', '123A']),
  row('IsUppercase', [], ['ABC', 'ABC123', 'ALL CAPS IS FUN.', '   .'], [...NOTHING, 'fooBar', '123abc']),
  row('IsAlpha', [], ['hellomynameisalex'], [...NOTHING, 'hello1mynameisalex']),
  row('IsAlphanumeric', [], ['hellomyname1salex'], [...NOTHING, 'hell*mynameisalex']),
  row('IsAscii', [], ['hellomyname1salex'], [...NOTHING, 'hell*mynameisлеха']),
  row('IsFullWidth', [], [TAGS, '３ー０　ａ＠ｃｏｍ', 'Ｆｶﾀｶﾅﾞﾬ', WIDE], [...NOTHING, 'abc', 'abc123']),
  row('IsHalfWidth', [], ['l-btn_02--active', 'abc123い', 'ｶﾀｶﾅﾞﾬ￩'], [...NOTHING, 'あいうえお', '００１１']),
  row(
    'IsVariableWidth',
    [],
    ['ひらがなカタカナ漢字ABCDE', '３ー０123', 'Ｆｶﾀｶﾅﾞﾬ', WIDE],
    [...NOTHING, 'abc', 'abc123', '!"#$%&()<>/+=-_? ~^|.,@`{}[]', TAGS, '１２３４５６', 'ｶﾀｶﾅﾞﾬ'],
  ),
  row(
    'IsMultibyte',
    [],
    [TAGS, 'あいうえお foobar', 'test＠example.com', '1234abcDEｘｙｚ', 'ｶﾀｶﾅ', '中文'],
    [...NOTHING, 'abc', 'abc123', '<>@" *.'],
  ),
  row('IsSurrogatePair', [], ['𠮷野𠮷', '𩸽', 'ABC千𥧄1-2-3'], [...NOTHING, '吉野竈', '鮪', 'ABC1-2-3']),
];

const TEXTS_OF_DATA: readonly ValueRow[] = [
  row('IsBooleanString', [], ['1', '0', 'true', 'false'], ['2', '3', 'falze']),
  row('IsNumberString', [], words('123 123.123 00123 -00123 0 -0 +123'), [' ', '.']),
  row(
    'IsDecimal',
    [{ force_decimal: true, decimal_digits: '1', locale: 'en-US' }],
    words('100.0 100.1 100.3 100.4 100.5 100.6 100.7 100.8 100.9 1.9 -1.9 -124.1'),
    [...NO_TEXT, ...words('hello 1 1. 1, -1 100 100,100 100.23 100.214141 100,23 100,2143192')],
  ),
  row('IsHexadecimal', [], ['deadBEEF', 'ff0044'], [...NO_TEXT, 'abcdefg', '..']),
  row('IsOctal', [], ['0o01234567'], [...NOTHING, '00c12345670c']),
  row(
    'IsBase32',
    [],
    words(`ZG====== JBSQ==== JBSWY=== JBSWY3A= JBSWY3DP JBSWY3DPEA====== K5SWYY3PNVSSA5DPEBXG6ZA=
      K5SWYY3PNVSSA5DPEBXG6===`),
    [...NO_TEXT, ...words('12345 JBSWY3DPtesting123 ZG===== Z====== Zm=8JBSWY3DP =m9vYg== Zm9vYm/y====')],
  ),
  row('IsBase64', [], ['aGVsbG8='], [...NOTHING, 'hell*mynameisalex']),
  row(
    'IsJSON',
    [],
    ['{ "key": "value" }', '{}'],
    [...NOTHING, '{ key: "value" }', "{ 'key': 'value' }", 'null', '1234', 'false', '"nope"'],
  ),
  row(
    'IsJWT',
    [],
    ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJsb3JlbSI6Imlwc3VtIn0.ymiJSsMJXR6tMSr8G9usjQ15_8hKPDv_CArLhxw28MI'],
    ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', '$Zs.ewu.su84', 'ks64$S/9.dy$§kz.3sd73b'],
  ),
  row('IsDataURI', [], ['data:text/html;charset=US-ASCII,%3Ch1%3EHello!%3C%2Fh1%3E'], [...NOTHING, 'data:HelloWorld']),
  row(
    'IsMimeType',
    [],
    ['multipart/form-data; boundary=something; charset=utf-8'],
    [...NOTHING, 'font/woff2; charset=utf-8'],
  ),
  row('IsHexColor', [], words('#ff0034 #CCCCCC fff #f00'), [...NOTHING, '#ff', '#xxxx', '#ff12FG']),
  row('IsRgbColor', [], ['rgba(255,255,255,0.1)'], [...NOTHING, 'rgba(0,0,0)']),
  row('IsHSL', [], ['hsl(-540, 03%, 4%)'], [...NOTHING, 'hsl(-0160, 100%, 100a)']),
  row('IsSemVer', [], ['1.1.2+meta-valid'], [...NOTHING, '1.0.0-alpha_beta']),
  ...HASHES.flatMap(([length, names]) => words(names).map((name) => row('IsHash', [name], [hash(length)], NO_HASH))),
];

const NET: readonly ValueRow[] = [
  row(
    'IsEmail',
    [],
    [
      ...words('foo@bar.com x@x.au foo@bar.com.au foo+bar@bar.com hans.m端ller@test.com hans@m端ller.com'),
      ...['test|123@m端ller.com', '"foobar"@example.com', '"  foo  m端ller "@example.com', '"foo\\@bar"@example.com'],
    ],
    [
      ...NOTHING,
      ...words(`invalidemail@ invalid.com @invalid.com foo@bar.com. somename@ｇｍａｉｌ.com foo@bar.co.uk. z@co.c
        gmail...ignores...dots...@gmail.com ｇｍａｉｌｇｍａｉｌｇｍａｉｌｇｍａｉｌｇｍａｉｌ@gmail.com`),
    ],
  ),
  row('IsFQDN', [], words('domain.com dom.plato a.domain.co foo--bar.com xn--froschgrn-x9a.com rebecca.blackfriday'), [
    ...NOTHING,
    ...words('abc 256.0.0.0 _.com *.some.com s!ome.com domain.com/ /more.com'),
  ]),
  row(
    'IsIP',
    [],
    words(`127.0.0.1 0.0.0.0 255.255.255.255 1.2.3.4 ::1 2001:db8:0000:1:1:1:1:1 2001:41d0:2:a141::1 ::ffff:127.0.0.1
      ::0000 0000:: 1:: 1111:1:1:1:1:1:1:1 fe80::a6db:30ff:fe98:e946 :: 0:0:0:0:0:ffff:127.0.0.1`),
    [
      ...NOTHING,
      ...words(`abc 256.0.0.0 0.0.0.256 26.0.0.256 ::banana banana:: ::1banana ::1:: 1: :1 :1:1:1::2
        1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1 ::11111 11111:1:1:1:1:1:1:1 2001:db8:0000:1:1:1:1::1
        0:0:0:0:0:0:ffff:127.0.0.1 0:0:0:0:ffff:127.0.0.1`),
    ],
  ),
  row('IsMACAddress', [], words('ab:ab:ab:ab:ab:ab FF:FF:FF:FF:FF:FF 01:02:03:04:05:ab 01:AB:03:04:05:06'), [
    ...NOTHING,
    ...words('abc 01:02:03:04:05 01:02:03:04::ab 1:2:3:4:5:6 AB:CD:EF:GH:01:02'),
    ...['A9C5 D4 9F EB D3', '01-02 03:04 05 ab'],
  ]),
  row(
    'IsUrl',
    [],
    words(`foobar.com www.foobar.com foobar.com/ valid.au http://www.foobar.com/ http://www.foobar.com:23/
      http://www.foobar.com:65535/ http://www.foobar.com:5/ https://www.foobar.com/ ftp://www.foobar.com/
      http://www.foobar.com/~foobar http://user:pass@www.foobar.com/ http://user:@www.foobar.com/ http://127.0.0.1/
      http://10.0.0.0/ http://189.123.14.13/ http://duckduckgo.com/?q=%2F http://foobar.com/t$-_.+!*"(),
      http://foobar.com/?foo=bar#baz=qux http://foobar.com?foo=bar http://foobar.com#baz=qux
      http://www.xn--froschgrn-x9a.net/ http://xn--froschgrn-x9a.com/ http://foo--bar.com http://høyfjellet.no
      http://xn--j1aac5a4g.xn--j1amh`),
    [
      ...NO_TEXT,
      ...words(`xyz://foobar.com invalid/ invalid.x invalid. .com http://com/ http://300.0.0.1/ mailto:foo@bar.com
        rtmp://foobar.com http://www.xn--.com/ http://xn--.com/ http://www.foobar.com:0/ http://www.foobar.com:70000/
        http://www.foobar.com:99999/ http://www.-foobar.com/ http://www.foobar-.com/ http://lol:lol:lol@foobar.com/
        http://www.foo_bar.com/ http://*.foo.com *.foo.com !.foo.com http://example.com. ////foobar.com
        http:////foobar.com http://localhost:3000/`),
      ...['http://foobar/# lol', 'http://foobar/? lol', 'http://foobar/ lol/', 'http://lol @foobar.com/'],
      ...['http://lol:lol @foobar.com/', 'http://lol: @foobar.com/', 'http://www.foobar.com/\t'],
      ...['http://\n@www.foobar.com/', 'http://localhost:61500this is an invalid url!!!!'],
      `http://foobar.com/${'f'.repeat(2_082)}`,
    ],
  ),
  row('IsUrl', [{ require_tld: false }], ['http://localhost:3000/'], []),
  row('IsUUID', [], [...UUID[3], ...UUID[4], ...UUID[5]], NO_UUID),
  row('IsUUID', ['3'], UUID[3], [...NO_UUID, ...UUID[4], ...UUID[5]]),
  row('IsUUID', ['4'], UUID[4], [...NO_UUID, ...UUID[3], ...UUID[5]]),
  row('IsUUID', ['5'], UUID[5], [...NO_UUID, ...UUID[3], ...UUID[4]]),
  row(
    'IsFirebasePushId',
    [],
    words('-M-Jh_1KAH5rYJF_7-kY -M1yvu7FKe87rR_62NH7 -M1jVySxQQPktYyXA2qE -JhLeOlGIEjaIOFHR0xd -JhQ76OEK_848CkIFhAq'),
    [...NO_TEXT, true, false, '5584fa9e-6146-497a-85c9-dbb459ef7b74', 'Steve'],
  ),
  row(
    'IsMongoId',
    [],
    ['507f1f77bcf86cd799439011'],
    [...NO_TEXT, '507f1f77bcf86cd7994390', '507f1f77bcf86cd79943901z', '507f1f77bcf86cd799439011 '],
  ),
  row(
    'IsMagnetURI',
    [],
    ['magnet:?xt=urn:btih:1GSHJVBDVDVJFYEHKFHEFIO8573898434JBFEGHD&dn=foo&tr=udp://foo.com:1337'],
    [...NOTHING, 'magnet:?xt=uarn:btih:MCJDCYUFHEUD6E2752T7UJNEKHSUGEJFGTFHVBJS&dn=bar&tr=udp://bar.com:1337'],
  ),
];

const BUSINESS: readonly ValueRow[] = [
  row('IsIBAN', [], ['GR96 0810 0010 0000 0123 4567 890'], [...NOTHING, 'XX22YYY1234567890123']),
  row('IsBIC', [], ['SBICKEN1345'], [...NOTHING, 'SBIC23NXXX']),
  row(
    'IsEthereumAddress',
    [],
    ['0x683E07492fBDfDA84457C16546ac3f433BFaa128'],
    [...NOTHING, '0xFCb5AFB808b5679b4911230Aa41FfCD0cd335b422222'],
  ),
  row(
    'IsBtcAddress',
    [],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
    [...NOTHING, 'pp8skudq3x5hzw8ew7vzsw8tn4k8wxsqsv0lt0mf3g'],
  ),
  row(
    'IsCreditCard',
    [],
    [...words('375556917985515 36050234196908 4716461583322103 4716-2210-5188-5662'), '4929 7226 5379 7141'],
    [...NOTHING, 'foo', '5398228707871528'],
  ),
  row(
    'IsCurrency',
    [],
    words(`-$10,123.45 $10,123.45 $10123.45 10,123.45 10123.45 10,123 1,123,456 1123456 1.39 .03 0.10 $0.10 -$0.01 -$.99
      $100,234,567.89 $10,123 -10123`),
    [
      ...NO_TEXT,
      ...['$ 32.50', '- $'],
      ...words(`1.234 $1.1 500$ .0001 $.001 $0.001 12,34.56 123456,123,123456 123,4 ,123 $-,123 $ . , 00 $- $-,. - -$`),
    ],
  ),
  row('IsEAN', [], ['9771234567003'], [...NOTHING, '079777681629']),
  row(
    'IsISBN',
    [10],
    [
      ...words('3836221195 3-8362-2119-5 1617290858 1-61729-085-8 0007269706 0-00-726970-6 3423214120 3-423-21412-0'),
      ...['340101319X', '3-401-01319-X', '3 8362 2119 5', '1 61729 085-8', '0 00 726970 6', '3 401 01319 X'],
    ],
    [...NOTHING, ...words('3423214121 3-423-21412-1 978-3836221191 9783836221191 123456789a foo'), '3 423 21412 1'],
  ),
  row(
    'IsISBN',
    [13],
    [
      ...words('9783836221191 978-3-8362-2119-1 9783401013190 978-3401013190 9784873113685 978-4-87311-368-5'),
      ...['978 3 8362 2119 1', '978 3401013190', '978 4 87311 368 5'],
    ],
    [...NO_TEXT, ...words('9783836221190 978-3-8362-2119-0 3836221195 3-8362-2119-5 01234567890ab foo')],
  ),
  row('IsISSN', [], words('0378-5955 0000-0000 2434-561X 2434-561x 01896016 20905076'), [
    ...NO_TEXT,
    ...words('0378-5954 0000-0001 0378-123 037-1234 0 2434-561c 1684-5370 19960791'),
  ]),
  row(
    'IsISSN',
    [{ case_sensitive: true, require_hyphen: true }],
    ['2434-561X', '0378-5955'],
    [...NOTHING, ...words('2434-561x 2434561X 2434561x 03785955')],
  ),
  row('IsISRC', [], ['GBAYE6800011'], [...NOTHING, 'SRC15705223']),
  row('IsLocale', [], ['en_US_POSIX'], [...NOTHING, 'lo_POP']),
  row('IsIdentityCard', ['he-IL'], ['335240479'], [...NOTHING, 'A1234567L']),
  row('IsPassportNumber', ['DE'], ['C26VMVVC3'], [...NOTHING, 'AS0123456']),
  row('IsPostalCode', ['BR'], ['39100-000'], [...NOTHING, '13165-00']),
  row('IsISO31661Alpha2', [], words('AD AE AF AG'), [...NO_TEXT, 'AFR']),
  row('IsISO31661Alpha3', [], words('ABW HND KHM RWA'), [...NO_TEXT, ...words('FR fR GB PT CM JP PM ZW')]),
  row('IsPhoneNumber', ['CH'], [...SWISS_PLUS, ...SWISS_LOCAL], [...NOTHING, 'asdf', '1']),
  row('IsPhoneNumber', [null], [...SWISS_PLUS, GERMAN_PLUS], [...NOTHING, ...SWISS_LOCAL, 'asdf', '1']),
];

/** Decorators about which the published tests say nothing. */
export const OURS: readonly ValueRow[] = [
  row('IsBase58', [], ['4Fcj4ooZqEiHyH'], [...NOTHING, '0OIl']),
  row('IsISIN', [], ['AU0000XVGZA3'], [...NO_TEXT, 'AU0000XVGZA4']),
  row('IsISO31661Numeric', [], ['276', '004'], [...NO_TEXT, '4', '999', 'DE']),
  row('IsISO4217CurrencyCode', [], ['EUR', 'JPY'], [...NO_TEXT, 'EURO', 'ZZZ']),
  row('IsISO6391', [], ['de', 'ja'], [...NO_TEXT, 'ger', 'zz']),
  row('IsMobilePhone', ['de-DE'], ['+4915123456789'], [...NO_TEXT, '+41', 'phone']),
  row('IsPort', [], ['0', '8080', '65535'], [...NO_TEXT, '65536', '-1', '01', 'http']),
  row('IsStrongPassword', [], ['aB3$aB3$'], [...NO_TEXT, 'aB3$', 'password', 'ab3$ab3$']),
  row('IsTaxId', ['de-DE'], ['26954371827'], [...NO_TEXT, '26954371828']),
];

/** Values of the published tests that the installed version judges otherwise than those do. */
export const LATER_JUDGED: readonly ValueRow[] = [
  row('IsNotEmptyObject', [{ nullable: true }], [{ key: undefined }, { key: null }], []),
  row('IsPhoneNumber', ['CH'], [], [GERMAN_PLUS]),
  ...[[], ['3']].map((given) => row('IsUUID', given, [], ['A987FBC9-4BED-3078-CF07-9141BA07C9F3'])),
];

/** The values of the published tests. */
export const PUBLISHED: readonly ValueRow[] = [
  ...COMMON,
  ...TYPES,
  ...NUMBERS_AND_DATES,
  ...LISTS,
  ...LENGTHS_AND_PATTERNS,
  ...TEXTS_OF_DATA,
  ...NET,
  ...BUSINESS,
];
