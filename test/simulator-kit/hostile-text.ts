/**
 * Texts that an event, or a name, may hold although nobody expects it. Add them to the cloud as they
 * are: the counts then stay the cloud's own.
 */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  empty: '',
  newlines: 'first line\nsecond line\r\nmodelarts_target_up{project="forged"} 1\n',
  quotes: 'a "quoted" \\ backslash and \\n no newline',
  html: '</td><script>alert("event")</script><img src=x onerror=alert(1)>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is hostile on purpose
  template: '{{ template "x" . }} {{ .Labels }} ${HOME} $labels.instance %s %n',
  controls: String.fromCharCode(...Array(32).keys(), 0x7f, 0x85),
  terminal: '\u001b]0;title\u0007\u001b[31mred\u001b[0m\u001b[2J',
  bidi: '\u202eabnormal\u202c \u2066isolated\u2069 \u200fmark',
  surrogates: 'lone \ud800 surrogate, pair \u{1f4a5}, \ufffe nonchar',
  chinese: '服务部署失败，错误信息：资源不足。',
  prototype: '__proto__',
  longName: 'n'.repeat(10_240),
  long: 'x'.repeat(102_400),
};
