/* Digits, numbers in words, days. The rule of the words is kernel/number_words.py, once more. */
const root = document.documentElement;
export const says = JSON.parse(document.getElementById("says")?.textContent ?? "{}");
export const say = (name, values = {}) =>
  (says[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

const persian = () => root.dataset.digits !== "latin";
export const latin = (text) =>
  String(text)
    .replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0)
    .replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660);
export const shown = (text) =>
  persian() ? String(text).replace(/[0-9]/g, (d) => String.fromCharCode(0x6f0 + +d)) : String(text);
export const grouped = (text) => {
  const [whole, rest] = String(text).split(".");
  const parted = whole.replace(/(?!^)(?=(\d{3})+$)/g, persian() ? "٬" : ",");
  return shown(rest ? `${parted}${persian() ? "٫" : "."}${rest}` : parted);
};

/* What somebody looks for, word by word, as our own texts spell it. */
export const terms = (text) => text.toLowerCase().replace(/ي/g, "ی").replace(/ك/g, "ک").split(/\s+/).filter(Boolean);

const GROUPED = /^\d{1,3}([٬،,' \u00a0])\d{3}(?:\1\d{3})*$/;
/* The plain digits of what was typed, or null when it can be read in two ways or not at all. */
export const quantity = (text, decimals = 0) => {
  let given = latin(text).replace(/[\u200e\u200f\u200c]/g, "").trim();
  if (GROUPED.test(given)) given = given.replace(/[^\d]/g, "");
  const fine = new RegExp(decimals ? `^\\d{1,15}(?:[٫.]\\d{1,${decimals}})?$` : "^\\d{1,15}$");
  if (!fine.test(given)) return null;
  if (/^\d{1,3}\.\d{3}$/.test(given)) return null;
  const [whole, rest = ""] = given.replace("٫", ".").split(".");
  const digits = whole.replace(/^0+(?=\d)/, "");
  const parts = rest.replace(/0+$/, "");
  return parts ? `${digits}.${parts}` : digits;
};

const ONES = "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده".split(" ");
const TENS = "- - بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split(" ");
const HUNDREDS = "- صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split(" ");
const SCALES = [[10n ** 9n, "میلیارد"], [10n ** 6n, "میلیون"], [1000n, "هزار"]];
/* A whole number in Persian words, up to 10^18; the same as to_words in the kernel. */
export const words = (given) => {
  const n = BigInt(given);
  if (n < 0n) return `منفی ${words(-n)}`;
  if (n === 0n) return "صفر";
  for (const [scale, name] of SCALES) {
    if (n < scale) continue;
    const head = scale === 1000n && n / scale === 1n ? name : `${words(n / scale)} ${name}`;
    return n % scale ? `${head} و ${words(n % scale)}` : head;
  }
  const small = Number(n);
  const parts = small >= 100 ? [HUNDREDS[Math.floor(small / 100)]] : [];
  const rest = small % 100;
  if (rest && rest < 20) parts.push(ONES[rest]);
  else if (rest) {
    parts.push(TENS[Math.floor(rest / 10)]);
    if (rest % 10) parts.push(ONES[rest % 10]);
  }
  return parts.join(" و ");
};

const TEHRAN = "Asia/Tehran";
const calendar = () => (root.lang === "en" ? "en-GB" : "fa-IR-u-ca-persian");
export const isoDay = (at) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: TEHRAN, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
export const dayWords = (iso) =>
  new Intl.DateTimeFormat(calendar(), { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(
    new Date(`${iso}T12:00:00Z`));
