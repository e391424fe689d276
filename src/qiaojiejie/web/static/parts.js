// What the pages share: elements made of text, never of HTML.

/** An element: h("p", {class: "soft", onclick: f, hidden: true}, "text", child). */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...real(children));
  return element;
}

/** What an element is to hold from now on. */
export const fill = (element, ...children) => element.replaceChildren(...real(children));
const real = children => children.flat(Infinity).filter(child => child != null && child !== "" && child !== false);

export const at = id => document.getElementById(id);
export const en = words => h("span", { lang: "en" }, words);
export const when = iso => new Date(iso).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
export const hour = iso => new Date(iso).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
