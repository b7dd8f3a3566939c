/* Passkeys: joins allauth's own script to our buttons. Also: a demo account fills the form. */
(() => {
  "use strict";
  const forms = window.allauth?.webauthn?.forms;
  const trouble = document.querySelector("[data-passkey-trouble]");

  document.querySelectorAll("[data-passkey]").forEach((button) => {
    if (!forms || !window.PublicKeyCredential) return;
    const { passkey, credential, options, alone } = button.dataset;
    const ids = { [passkey]: button.id, credential };
    if (options) ids.data = options;
    if (alone) ids.passwordless = alone;
    forms[`${passkey}Form`]({ ids });
    button.hidden = false;
    button.addEventListener("click", () => { if (trouble) trouble.hidden = true; }, true);
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    if (trouble) trouble.hidden = false;
  });

  document.querySelectorAll("[data-fill]").forEach((button) => {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(button.dataset.fill).value = button.value;
      const password = document.getElementById(button.dataset.then);
      password.value = button.dataset.password;
      button.form.querySelectorAll("[data-fill]").forEach((each) => each.setAttribute("aria-pressed", each === button));
      password.form.querySelector("[type=submit]").focus();
    });
  });
})();
