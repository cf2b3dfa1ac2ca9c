import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    allowTranslations,
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { formatMinutes, parseMinutes } from "@social_crm_channels/minutes/minutes_field";

class Policy extends models.Model {
    _name = "social.crm.response.policy";
    first_minutes = fields.Integer();
    _records = [
        { id: 1, first_minutes: 90 },
        { id: 2, first_minutes: 0 },
    ];
}
defineModels([Policy]);
defineMailModels();

test("minutes are read as people say them", () => {
    allowTranslations();
    expect([90, 60, 5, 2880, 0].map(formatMinutes)).toEqual(["1 h 30 min", "1 h", "5 min", "48 h", ""]);
});

test("what people say becomes minutes", () => {
    allowTranslations();
    const said = ["90", "1:30", "1 h 30 min", "1,5 h", "2 d", "", "1 Std", "8h"];
    expect(said.slice(0, 6).map(parseMinutes)).toEqual([90, 90, 90, 90, 2880, 0]);
    expect(parseMinutes("8h")).toBe(480);
    for (const nonsense of ["soon", "4 weeks", "-5", "1:75", "1 Std"]) {
        expect(() => parseMinutes(nonsense)).toThrow();
    }
});

test("a list shows the words, and nothing where nothing is promised", async () => {
    await mountView({
        type: "list",
        resModel: "social.crm.response.policy",
        arch: `<list><field name="first_minutes" widget="social_minutes"/></list>`,
    });
    expect(queryAllTexts("td[name=first_minutes]")).toEqual(["1 h 30 min", ""]);
});

test("one types a time in words, and what cannot be read is marked", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1].first_minutes));
    await mountView({
        type: "form",
        resModel: "social.crm.response.policy",
        resId: 1,
        arch: `<form><field name="first_minutes" widget="social_minutes"/></form>`,
    });
    expect("[name=first_minutes] input").toHaveValue("1 h 30 min");
    await contains("[name=first_minutes] input").edit("soon");
    expect("[name=first_minutes]").toHaveClass("o_field_invalid");
    await contains("[name=first_minutes] input").edit("4 h");
    expect("[name=first_minutes] input").toHaveValue("4 h");
    await clickSave();
    expect.verifySteps([240]);
});
