/** Texts with secrets, in every form that a secret takes. */

export interface Form {
  /** A text, and what of it must not be shown. */
  readonly text: string;
  readonly secret: string | readonly string[];
  readonly source: string;
}

export const TESTING = 'https://docs.stripe.com/testing#cards';

export const KEYS = 'https://docs.stripe.com/keys';

export const CARD = ['4000056655665556', '5200828282828210', '378282246310005', '6011000990139424'];

export const PEM = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';

/** What no one has to name: keys, tokens, addresses, card numbers. */
export const SHOWING: readonly Form[] = [
  { text: 'key rk_live_51Qw9ZkR used', secret: '51Qw9ZkR', source: KEYS },
  {
    text: 'key sk_org_live_9QnB4xw used',
    secret: '9QnB4xw',
    source: 'https://docs.stripe.com/keys#organization-api-keys',
  },
  { text: 'key sk_org_9QnB4xw used', secret: '9QnB4xw', source: 'https://docs.stripe.com/keys#organization-api-keys' },
  {
    text: 'ek_test_YWNjdF8xOVE',
    secret: 'YWNjdF8xOVE',
    source: 'https://docs.stripe.com/issuing/elements#create-an-ephemeral-key',
  },
  { text: 'line one\\nsk_test_Q8wErTy', secret: 'Q8wErTy', source: 'RFC 8259 7' },
  {
    text: 'whsec_N2Q0/Zm9v+YmFy=',
    secret: 'N2Q0/Zm9v+YmFy=',
    source: 'https://docs.stripe.com/webhooks#endpoint-secrets',
  },
  {
    text: 'seti_1Mm8s8_secret_NXDICkPqPeiBTAFqWmkbff09lRmSVXe',
    secret: 'NXDICkPqPeiBTAFqWmkbff09lRmSVXe',
    source: 'https://docs.stripe.com/api/setup_intents/object',
  },
  { text: 'accs_secret__NXZlYzE9', secret: 'NXZlYzE9', source: 'https://docs.stripe.com/api/account_sessions/object' },
  {
    text: 'pst_test_YWNjdF8xSFJ',
    secret: 'YWNjdF8xSFJ',
    source: 'https://docs.stripe.com/api/terminal/connection_tokens/object',
  },
  {
    text: 'ya29.a0AfH6SMBx-9_z',
    secret: 'a0AfH6SMBx-9_z',
    source: 'https://cloud.google.com/docs/authentication/token-types',
  },
  {
    text: 'key=AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
    secret: 'SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
    source: 'https://cloud.google.com/docs/authentication/api-keys',
  },
  {
    text: 'got eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27 .',
    secret: ['eyJpc3MiOiJqb2UifQ', 'dBjftJeZ4CVP-mB92K27'],
    source: 'RFC 7519 3.1',
  },
  {
    text: `-----BEGIN EC PRIVATE KEY-----\n${PEM}\n-----END EC PRIVATE KEY-----\nafter`,
    secret: PEM,
    source: 'RFC 7468 10, RFC 5915',
  },
  {
    text: `{"private":"-----BEGIN PRIVATE KEY-----\\n${PEM}\\n-----END PRIVATE KEY-----\\n"}`,
    secret: PEM,
    source: 'RFC 7468 10',
  },
  { text: `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${PEM}`, secret: PEM, source: 'RFC 7468 11, cut' },
  { text: 'curl -H "Authorization: Bearer mF_9.B5f-4.1JqM" x', secret: 'mF_9.B5f-4.1JqM', source: 'RFC 6750 2.1' },
  { text: 'sent Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', secret: 'QWxhZGRpbjpvcGVuIHNlc2FtZQ', source: 'RFC 7617 2' },
  {
    text: 'basic c2tfdGVzdF80ZUMzOUhxTHlqVw==',
    secret: '80ZUMzOUhxTHlqVw',
    source: 'RFC 7617 2, https://docs.stripe.com/api/authentication',
  },
  {
    text: 'header c2tfbGl2ZV80ZUMzOUhxTHlqVzo=',
    secret: '80ZUMzOUhxTHlqVzo',
    source: 'https://docs.stripe.com/api/authentication',
  },
  {
    text: 'Digest username="Mufasa", response="753927fa0e85d155564e2e272a28d180"',
    secret: '753927fa0e85d155564e2e272a28d180',
    source: 'RFC 7616 3.9.1',
  },
  { text: 'amqp://guest:Gu3st!pw@broker:5672/', secret: 'Gu3st!pw', source: 'RFC 3986 3.2.1' },
  { text: 'redis://:only-pw@cache/0', secret: 'only-pw', source: 'RFC 3986 3.2.1' },
  { text: 'https:\\/\\/u5er:s3cr3t@host\\/', secret: 's3cr3t', source: 'RFC 8259 7' },
  { text: 'https://u:p%40ss@host/', secret: 'p%40ss', source: 'RFC 3986 2.1' },
  { text: 'write to ada.l+x@mail.example.co.uk today', secret: 'ada.l+x@mail.example.co.uk', source: 'RFC 5322 3.4.1' },
  { text: 'to=ada%2Bx%40example.org&a=1', secret: 'ada%2Bx%40example.org', source: 'RFC 3986 2.1' },
  { text: 'to=ada%2540example.org', secret: 'ada%2540example.org', source: 'RFC 3986 2.4' },
  { text: '{"to":"ada\\u0040example.org"}', secret: 'ada\\u0040example.org', source: 'RFC 8259 7' },
  {
    text: 'o\u2019clock jos\u00e9@b\u00fccher.example!',
    secret: 'jos\u00e9@b\u00fccher.example',
    source: 'RFC 6531 3.3, RFC 5890',
  },
  { text: 'x@xn--bcher-kva.example', secret: 'x@xn--bcher-kva.example', source: 'RFC 5890 2.3.2.1' },
  {
    text: '\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a',
    secret: '\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a',
    source: 'RFC 6531',
  },
  { text: '"very unusual"@example.com', secret: 'very unusual', source: 'RFC 5321 4.1.2' },
  { text: "o'brien@example.com", secret: "o'brien@example.com", source: 'RFC 5322 3.2.3' },
  { text: 'root@[192.0.2.7]', secret: 'root@[192.0.2.7]', source: 'RFC 5321 4.1.3' },
  ...CARD.flatMap((number): Form[] => {
    const four = number.match(/.{1,4}/g) ?? [];
    const separators = [
      '',
      ' ',
      '  ',
      '\t',
      '.',
      '_',
      '-',
      ' - ',
      '\u00a0',
      '\u2009',
      '%20',
      '+',
      '%20%20',
      '%C2%A0',
      '\\t',
    ];
    return [
      ...separators.map((separator) => ({
        text: `paid ${four.join(separator)}, ok`,
        secret: four.join(separator),
        source: TESTING,
      })),
      { text: `1 x ${four.join(' ')} 12/31`, secret: four.join(' '), source: TESTING },
      { text: `qty 12 ${number}`, secret: number, source: TESTING },
      { text: wide(number), secret: wide(number), source: `${TESTING}, Unicode block Halfwidth and Fullwidth Forms` },
      { text: encodeURIComponent(wide(number)), secret: encodeURIComponent(wide(number)), source: TESTING },
    ];
  }),
  {
    text: 'x \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662',
    secret: '\u0664\u0662\u0664\u0662',
    source: 'Unicode block Arabic',
  },
  {
    text: `key=-----BEGIN+PRIVATE+KEY-----%0A${PEM}%0A-----END+PRIVATE+KEY-----&a=1`,
    secret: PEM,
    source: 'RFC 7468 10, https://url.spec.whatwg.org/#application/x-www-form-urlencoded',
  },
  { text: '3782 822463 10005', secret: '3782 822463 10005', source: TESTING },
];

export const SENTENCES: readonly Form[] = [
  { text: 'my API key: Zq7Lm2Xw9 ok', secret: 'Zq7Lm2Xw9', source: 'two words' },
  { text: 'security code = 0417', secret: '0417', source: 'two words' },
  { text: '{"cvc":417,"a":1}', secret: '417', source: 'a number of JSON' },
  { text: JSON.stringify({ password: 'x"y\\', b: 1 }), secret: 'x\\"y', source: 'RFC 8259 7' },
  { text: JSON.stringify(JSON.stringify({ password: 'xx"yy\\', b: 1 })), secret: ['xx', 'yy'], source: 'RFC 8259 7' },
  { text: 'a=1\\u0026password=hunter22\\u0026b=2', secret: 'hunter22', source: 'RFC 8259 7' },
  { text: 'card%5Bcvc%5D=Zq7%26Lm2&x=1', secret: ['Zq7', 'Lm2'], source: 'RFC 3986 2.2' },
  { text: 'password=hunter%262&x=1', secret: ['hunter', '%262'], source: 'RFC 3986 2.2' },
  {
    text: "password=it's-hunter&x=1",
    secret: 's-hunter',
    source: 'https://url.spec.whatwg.org/#application/x-www-form-urlencoded',
  },
  { text: 'Cookie: a="b c"; session=31d4d96e', secret: ['b c', '31d4d96e'], source: 'RFC 6265 4.1.1' },
  // A card number with a typing error, next to other card data.
  { text: 'card[number]=4000056655665557&card[exp_month]=1', secret: '4000056655665557', source: TESTING },
  { text: '{"number":"4000056655665557","exp_year":2031}', secret: '4000056655665557', source: TESTING },
  { text: '{"number": "4000 0566 5566 555", "cvc": ', secret: '4000 0566 5566 555', source: TESTING },
  { text: 'card number: 4000 0566 5566 5557, ok', secret: ['4000', '0566', '5557'], source: TESTING },
  { text: '{"card":{"number":"4000056655665557"', secret: '4000056655665557', source: TESTING },
];

export function wide(digits: string): string {
  return digits.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
}
