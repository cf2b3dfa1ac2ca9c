import { describe, expect, test } from "@odoo/hoot";
import {
    click,
    edit,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAllTexts,
    queryOne,
    select,
    setInputFiles,
} from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { mockService } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { DRAFT_MS } from "@social_crm_channels/inbox/composer/draft_keeper";
import { SEARCH_MS } from "@social_crm_channels/inbox/composer/suggestions_model";
import { HELD, mountComposer, PUBLIC, write } from "./composer_helpers";

defineMailModels();

const DIRECT = {
    ...PUBLIC,
    id: 2,
    label: "Direct · Shop",
    is_public: false,
    modes: ["free_text", "template"],
    parent: { id: 12, who: "Ana", text: "And my invoice?" },
    templates: [
        { key: "late", name: "Parcel is late", language: "en", body: "Hello {{name}}, it is late.", placeholders: ["name"] },
    ],
};
const IMAGE = () => new File(["x"], "parcel.png", { type: "image/png" });

let fileId = 50;
const takeFile = ({ name, type, size }) => ({ id: fileId++, filename: name, mimetype: type, size });

/** Files are taken by a server that gives them ids; what is told to the user are steps. */
function mockFiles(answer = takeFile) {
    mockService("http", {
        post: async (route, params) => JSON.stringify(params.ufile.map(answer)),
    });
    mockService("notification", { add: (message) => message && expect.step(String(message)) });
}

/** What was written is kept as a draft. */
async function draftOf(words) {
    await advanceTime(DRAFT_MS);
    expect.verifySteps([`draft 7 ${words}`]);
}

async function settle() {
    await animationFrame();
    await animationFrame();
}

function transfer(type, files) {
    const dataTransfer = new DataTransfer();
    files.forEach((file) => dataTransfer.items.add(file));
    const key = type === "paste" ? "clipboardData" : "dataTransfer";
    return manuallyDispatchProgrammaticEvent(queryOne(".o_social_text"), type, { [key]: dataTransfer });
}

describe("files", () => {
    test("a chosen picture asks what one sees in it, and can be removed", async () => {
        mockFiles();
        const sent = [];
        await mountComposer({}, { inbox_send: (values) => sent.push(values.alts) && HELD });
        await click(".o_social_composer input[type=file]", { visible: false });
        await setInputFiles([IMAGE()]);
        await settle();
        expect(".o_social_file").toHaveText("parcel.png");
        await click(".o_social_file input");
        await edit("A wet parcel");
        await write("See this");
        await click(".o_social_send");
        await settle();
        expect(Object.values(sent[0])).toEqual(["A wet parcel"]);
        expect.verifySteps(["inbox_send 7 See this"]);
    });

    test("what is dropped or pasted is taken; one too many is refused with the reason", async () => {
        mockFiles();
        await mountComposer();
        await transfer("dragover", [IMAGE()]);
        await animationFrame();
        expect(".o_social_composer").toHaveClass("o_social_composer_over");
        await transfer("drop", [IMAGE()]);
        await settle();
        expect(".o_social_composer").not.toHaveClass("o_social_composer_over");
        await transfer("paste", [IMAGE(), IMAGE()]);
        await settle();
        expect(".o_social_file").toHaveCount(2);
        expect.verifySteps(["This network takes 2 files at most."]);
        await draftOf("nothing");
    });

    test("what the server refuses is told and not kept", async () => {
        mockFiles(() => ({ error: "Too large for this server" }));
        await mountComposer();
        await transfer("paste", [IMAGE()]);
        await settle();
        expect(".o_social_file").toHaveCount(0);
        expect.verifySteps(["Too large for this server"]);
    });

    test("a removed file does not leave", async () => {
        mockFiles();
        await mountComposer();
        await transfer("paste", [IMAGE()]);
        await settle();
        await click(".o_social_file .btn-close");
        await settle();
        expect(".o_social_file").toHaveCount(0);
        expect(".o_social_send").not.toBeEnabled();
        await draftOf("nothing");
    });
});

describe("places and ways", () => {
    test("another place is chosen, and a template filled in before it can leave", async () => {
        await mountComposer({ places: [PUBLIC, DIRECT] });
        await click(".o_social_place");
        await select("2");
        await animationFrame();
        expect(".o_social_private").toHaveCount(1);
        await click("[data-mode=template]");
        await animationFrame();
        await click(".o_social_template");
        await select("late");
        await animationFrame();
        expect(".o_social_send").not.toBeEnabled();
        await click(".o_social_composer input[name=name]");
        await edit("Ana");
        await animationFrame();
        expect(".o_social_template_words").toHaveText("Hello Ana, it is late.");
        expect(".o_social_send").toBeEnabled();
    });

    test("one word of the talk is answered in its place, or the last words after all", async () => {
        const store = await mountComposer({ places: [PUBLIC, DIRECT] });
        store.data.talk = {
            entries: [{ kind: "interaction", id: 40, place_id: 2, body: "Which colour?", author: { name: "Budi" } }],
        };
        store.bus.trigger("reply-to", { interactionId: 40, mode: "reply" });
        await animationFrame();
        expect(".o_social_private").toHaveCount(1);
        expect(".o_social_quote").toHaveText("Budi Which colour?");
        await click(".o_social_quote .btn-close");
        await animationFrame();
        expect(".o_social_quote").toHaveText("Ana And my invoice?");
    });

    test("a word of a place that is not here changes nothing", async () => {
        const store = await mountComposer();
        store.data.talk = { entries: [{ kind: "interaction", id: 40, place_id: 99, body: "?" }] };
        store.bus.trigger("reply-to", { interactionId: 40 });
        await animationFrame();
        expect(".o_social_quote").toHaveText("Ana Where is my parcel?");
    });

    test("keys go straight to a note, and other panes put words where the cursor stands", async () => {
        const store = await mountComposer();
        store.bus.trigger("focus-composer", { mode: "note" });
        await animationFrame();
        await advanceTime(1);
        expect(".o_social_composer_note").toHaveCount(1);
        expect(".o_social_text").toBeFocused();
        store.bus.trigger("insert-text", { text: "Order S00012" });
        await animationFrame();
        expect(".o_social_text").toHaveValue("Order S00012");
        await draftOf("Order S00012");
    });

    test("the preview shows what the network will, and goes when one writes on", async () => {
        await mountComposer({}, { inbox_preview: (placeId, words) => ({ text: `@ana ${words}` }) });
        await write("Hello");
        await click(".o_social_preview_button");
        await animationFrame();
        expect(".o_social_preview_text").toHaveText("@ana Hello");
        await write("Hello you");
        expect(".o_social_preview").toHaveCount(0);
        await click(".o_social_preview_button");
        await animationFrame();
        await click(".o_social_preview_button");
        await animationFrame();
        expect(".o_social_preview").toHaveCount(0);
        expect.verifySteps(["inbox_preview 7 1 Hello reply false", "inbox_preview 7 1 Hello you reply false"]);
        await draftOf("Hello you");
    });

    test("who may, sends it in public after all, with the reason", async () => {
        const sent = [];
        const stopped = { state: "stopped", findings: [{ label: "e-mail address", value: "a@example.com" }], can_override: true };
        await mountComposer({}, {
            inbox_send: (values) => {
                sent.push(values.override_reason);
                return values.override_reason ? HELD : stopped;
            },
        });
        await write("Write to us");
        await click(".o_social_send");
        await settle();
        await click(".o_social_override");
        await edit("Our own address");
        await animationFrame();
        await click(".o_social_sensitive button[type=submit]");
        await settle();
        expect(sent).toEqual([undefined, "Our own address"]);
        expect.verifySteps(["inbox_send 7 Write to us", "inbox_send 7 Write to us"]);
    });
});

describe("what is offered while one writes", () => {
    async function look(words) {
        await write(words);
        await advanceTime(SEARCH_MS);
        await animationFrame();
    }

    test("a customer's handle, and who was chosen is mentioned", async () => {
        const sent = [];
        await mountComposer({}, {
            inbox_mentions: () => [
                { id: 3, handle: "ana@example.social", name: "Ana" },
                { id: 4, handle: "anton@example.social", name: "Anton" },
            ],
            inbox_send: (values) => sent.push(values.mentions) && HELD,
        });
        await look("Thanks @an");
        expect(queryAllTexts(".o_social_suggestion .fw-bold")).toEqual(["ana@example.social", "anton@example.social"]);
        await press("ArrowDown");
        await press("Enter");
        await animationFrame();
        expect(".o_social_text").toHaveValue("Thanks @anton@example.social ");
        await click(".o_social_send");
        await settle();
        expect(sent).toEqual([[4]]);
        expect.verifySteps(["inbox_mentions 7 1 an", "inbox_send 7 Thanks @anton@example.social"]);
    });

    test("in a note colleagues are named instead", async () => {
        await mountComposer({}, { inbox_colleagues: () => [{ id: 8, name: "Bojan" }] });
        await click("[data-mode=note]");
        await look("See @bo");
        await press("Tab");
        await animationFrame();
        expect(".o_social_text").toHaveValue("See @Bojan ");
        expect.verifySteps(["inbox_colleagues 7 bo"]);
        await draftOf("See @Bojan ");
    });

    test("a coupon is made only when it is chosen, and makes the answer marketing", async () => {
        await mountComposer({}, {
            inbox_insertables: () => [
                { key: "coupon-1", kind: "coupon", label: "Ten percent", text: "", refusal: "" },
                { key: "product-2", kind: "product", label: "Helmet", text: "Helmet", refusal: "No consent" },
            ],
            inbox_insert: () => ({ text: "Your code: TEN", purpose: "marketing" }),
        });
        await click("[aria-label='Products, quotation, coupon']");
        await advanceTime(SEARCH_MS);
        await animationFrame();
        expect(".o_social_suggestion[aria-disabled=true]").toHaveText(/No consent/);
        await click(".o_social_suggestion[aria-disabled=true]");
        await animationFrame();
        expect(".o_social_text").toHaveValue("");
        await click(".o_social_suggestion:contains(Ten percent)");
        await animationFrame();
        expect(".o_social_text").toHaveValue("Your code: TEN");
        expect(".o_social_purpose").toHaveText("Marketing");
        expect.verifySteps(["inbox_insertables 7 1", "inbox_insert 7 1 coupon-1"]);
        await draftOf("Your code: TEN");
    });
});
