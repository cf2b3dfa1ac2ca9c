import { expect, test } from "@odoo/hoot";
import { edit, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { LIVE_NOTIFICATION } from "@social_crm_base/live/live_hook";

class Case extends models.Model {
    _name = "social.crm.case";
    name = fields.Char();
    state = fields.Selection({ selection: [["open", "Open"], ["closed", "Closed"]] });
    _records = [
        { id: 1, name: "First", state: "open" },
        { id: 2, name: "Second", state: "open" },
    ];
}
defineModels([Case]);
defineMailModels();

const LIST = `<list js_class="social_live_list" editable="top"><field name="name"/></list>`;
const FORM = `<form js_class="social_live_form"><field name="name"/><field name="state"/></form>`;

/** As the second stage tells it: ids only. Comes back when all of it has arrived. */
async function tell(...payloads) {
    const bus = getService("bus_service");
    let missing = payloads.length;
    const count = () => missing--;
    bus.subscribe(LIVE_NOTIFICATION, count);
    for (const payload of payloads) {
        MockServer.env["bus.bus"]._sendone("broadcast", LIVE_NOTIFICATION, {
            ids: [],
            case_ids: [],
            conversation_ids: [],
            ...payload,
        });
    }
    for (let turn = 0; missing && turn < 100; turn++) {
        await advanceTime(1);
    }
    bus.unsubscribe(LIVE_NOTIFICATION, count);
    expect(missing).toBe(0, { message: "everything told has arrived" });
}

/** Long enough for the gathering, the jitter and a pause after the refresh before. */
async function settle(milliseconds = 1000) {
    await advanceTime(milliseconds);
    await animationFrame();
}

function countReads(method) {
    let reads = 0;
    onRpc("social.crm.case", method, () => {
        reads++;
    });
    return () => reads;
}

test("a list shows what came in, without being asked", async () => {
    await mountView({ type: "list", resModel: "social.crm.case", arch: LIST });
    const [id] = MockServer.env["social.crm.case"].create([{ name: "Third" }]);
    await tell({ ids: [10], case_ids: [id] });
    await settle();
    expect(queryAllTexts(".o_data_row .o_data_cell")).toEqual(["First", "Second", "Third"]);
});

test("a burst is one refresh, and the next waits a moment", async () => {
    const reads = countReads("web_search_read");
    await mountView({ type: "list", resModel: "social.crm.case", arch: LIST });
    expect(reads()).toBe(1);
    await tell(...Array.from({ length: 20 }, (_, number) => ({ ids: [number], case_ids: [1] })));
    await settle();
    expect(reads()).toBe(2);
    await tell({ ids: [30], case_ids: [1] });
    await settle(200);
    expect(reads()).toBe(2);
    await settle(3000);
    expect(reads()).toBe(3);
});

test("what concerns other screens costs nothing", async () => {
    const reads = countReads("web_search_read");
    await mountView({ type: "list", resModel: "social.crm.case", arch: LIST });
    await tell({ ids: [1], conversation_ids: [5] });
    await settle(5000);
    expect(reads()).toBe(1);
});

test("chosen rows stay chosen", async () => {
    await mountView({ type: "list", resModel: "social.crm.case", arch: LIST });
    await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
    MockServer.env["social.crm.case"].create([{ name: "Third" }]);
    await tell({ case_ids: [3] });
    await settle();
    expect(".o_data_row").toHaveCount(3);
    expect(".o_data_row:eq(1) .o_list_record_selector input").toBeChecked();
    expect(".o_data_row:eq(0) .o_list_record_selector input").not.toBeChecked();
});

test("a row being edited is left alone until it is done", async () => {
    await mountView({ type: "list", resModel: "social.crm.case", arch: LIST });
    await contains(".o_data_row:eq(0) .o_data_cell").click();
    await contains(".o_data_row:eq(0) input[type=text]", { root: document.body }).click();
    await edit("Half a wo", { confirm: false });
    MockServer.env["social.crm.case"].create([{ name: "Third" }]);
    await tell({ case_ids: [3] });
    await settle(5000);
    expect(".o_data_row").toHaveCount(2);
    expect(".o_selected_row input[type=text]").toHaveValue("Half a wo");
    await contains(".o_list_button_save").click();
    await settle(5000);
    expect(queryAllTexts(".o_data_row .o_data_cell")).toEqual(["Half a wo", "Second", "Third"]);
});

test("a kanban follows, too", async () => {
    await mountView({
        type: "kanban",
        resModel: "social.crm.case",
        arch: `<kanban js_class="social_live_kanban" default_group_by="state">
            <templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
        groupBy: ["state"],
    });
    MockServer.env["social.crm.case"].write([2], { state: "closed" });
    await tell({ case_ids: [2] });
    await settle();
    expect(".o_kanban_group").toHaveCount(2);
});

test("a form shows news at once while nobody writes in it", async () => {
    await mountView({ type: "form", resModel: "social.crm.case", resId: 1, arch: FORM });
    MockServer.env["social.crm.case"].write([1], { state: "closed" });
    await tell({ case_ids: [1] });
    await settle();
    expect(".o_field_widget[name=state] select, .o_field_widget[name=state] input").toHaveValue(
        /Closed|"closed"/
    );
    expect(".o_social_news").toHaveCount(0);
});

test("a form somebody writes in only says that there is news", async () => {
    await mountView({ type: "form", resModel: "social.crm.case", resId: 1, arch: FORM });
    await contains(".o_field_widget[name=name] input").edit("My own words", { confirm: false });
    MockServer.env["social.crm.case"].write([1], { state: "closed" });
    await tell({ case_ids: [1] });
    await settle();
    expect(".o_field_widget[name=name] input").toHaveValue("My own words");
    expect(".o_social_news").toHaveCount(1);
    await contains(".o_social_news button").click();
    expect(".o_social_news").toHaveCount(0);
    expect(MockServer.env["social.crm.case"].browse(1)[0].name).toBe("My own words");
});

test("a form of another case stays still", async () => {
    const reads = countReads("web_read");
    await mountView({ type: "form", resModel: "social.crm.case", resId: 1, arch: FORM });
    const before = reads();
    await tell({ case_ids: [2] });
    await settle(5000);
    expect(reads()).toBe(before);
});
