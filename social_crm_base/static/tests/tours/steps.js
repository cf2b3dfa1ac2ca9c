// Steps that many tours take.

/** The button that agrees to what a dialog asks. */
export const AGREE = { trigger: ".modal .btn-primary", run: "click" };

/** Press what needs no words. */
export function click(trigger) {
    return { trigger, run: "click" };
}

/** In a dialog, in a field that refers to a record: type its name, and take it. */
export function pick(field, name, content = `${field}: ${name}`) {
    return [
        { content, trigger: `.modal .o_field_widget[name=${field}] input`, run: `edit ${name}` },
        click(`.o-autocomplete--dropdown-item:contains('${name}')`),
    ];
}

/** In a field with a choice: open it, and take that one. */
export function select(field, label, content = `${field}: ${label}`) {
    return [
        { content, trigger: `.o_field_widget[name=${field}] input`, run: "click" },
        click(`.o_select_menu_item:contains('${label}')`),
    ];
}
