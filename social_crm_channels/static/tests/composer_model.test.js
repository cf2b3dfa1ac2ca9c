import { describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";

import { ComposerModel } from "@social_crm_channels/inbox/composer/composer_model";
import {
    countCharacters,
    fillTemplate,
    findBrand,
    findPlaceholders,
    findSensitive,
    isIban,
    replaceAt,
    triggerAt,
} from "@social_crm_channels/inbox/composer/composer_text";
import { fileRefusal } from "@social_crm_channels/inbox/composer/files";

import { PUBLIC as PLACE } from "./composer_helpers";

const PUBLIC = {
    ...PLACE,
    files: { count: 2, size: 1024 * 1024, types: ["image/*"], alt: true },
};
const PRIVATE = {
    ...PUBLIC,
    id: 2,
    label: "Direct · Shop",
    is_public: false,
    modes: ["free_text"],
    parent: { id: 22, who: "Ana", text: "Hello?" },
};
const TEMPLATE = {
    key: "back",
    name: "We are back",
    language: "en",
    body: "Hello {{ first_name }}, about {{ topic }}",
    placeholders: ["first_name", "topic"],
};
const CLOSED = {
    ...PRIVATE,
    id: 3,
    can_reply: false,
    reason: "More than 24 hours have passed.",
    modes: ["template"],
    templates: [TEMPLATE],
};

function section(places = [PUBLIC, PRIVATE], values = {}) {
    return {
        can_write: true,
        can_override: false,
        places,
        place_id: places[0]?.id || false,
        draft: null,
        held: [],
        by_hand: [],
        order_patterns: ["S\\d{5,}"],
        ...values,
    };
}

const MEASURED = {
    used: 5,
    limit: 10,
    unit: "characters",
    simple: true,
    findings: [],
    brand: [],
    missing: [],
    refusal: "",
};

describe("text", () => {
    test("characters are counted as people count them", () => {
        expect(countCharacters("Zdravo 😀")).toBe(8);
        expect(countCharacters("")).toBe(0);
    });

    test("private data is found at once, ordinary words are not", () => {
        const kinds = (text) => findSensitive(text, ["S\\d{5,}"]).map((one) => one.kind);
        expect(kinds("Write to ana.k@example.org.")).toEqual(["email"]);
        expect(kinds("DE89 3704 0044 0532 0130 00 thanks")).toEqual(["iban"]);
        expect(kinds("Call +49 (151) 234-56789")).toEqual(["phone"]);
        expect(kinds("Order s00042 is there")).toEqual(["order"]);
        expect(kinds("@ana@example.social in 2026, 1,000 chairs, S24")).toEqual([]);
        expect(kinds("https://example.org/+49151234567890")).toEqual([]);
        expect(isIban("RS35260005601001611379")).toBe(true);
        expect(isIban("RS36260005601001611379")).toBe(false);
    });

    test("brand rules are seen while one writes, and what JavaScript cannot read is left", () => {
        const avoid = { id: 1, kind: "avoid", level: "hint", message: "Better value" };
        const word = "(?<![\\p{L}\\p{N}_])(?:cheap[\\p{L}\\p{N}_]*)(?![\\p{L}\\p{N}_])";
        const found = (text, rule) => findBrand(text, [rule]).map((one) => one.found);
        expect(found("So CHEAPER", { ...avoid, pattern: word })).toEqual(["CHEAPER"]);
        expect(found("incheap", { ...avoid, pattern: word })).toEqual([]);
        expect(found("Hi", { ...avoid, kind: "require", pattern: "Team" })).toEqual([""]);
        expect(found("", { ...avoid, kind: "require", pattern: "Team" })).toEqual([]);
        expect(found("x", { ...avoid, pattern: "(?P<a>x)" })).toEqual([]);
        expect(found("du", { ...avoid, kind: "formal", pattern: "" })).toEqual([]);
    });

    test("placeholders are named once", () => {
        expect(findPlaceholders("{{ a.b }} {{a.b}} {{ c }}")).toEqual(["a.b", "c"]);
        expect(fillTemplate("{{ a }} {{ b }}", { a: "1", b: " " })).toBe("1 {{ b }}");
    });

    test("what somebody looks for stands before the cursor", () => {
        expect(triggerAt("Hello ::par", 11)).toEqual({ kind: "saved", search: "par", start: 6 });
        expect(triggerAt("Hello @an", 9)).toEqual({ kind: "mention", search: "an", start: 6 });
        expect(triggerAt("a::b", 4)).toBe(null);
        expect(triggerAt("ana@example", 11)).toBe(null);
        expect(replaceAt("Hello ::par you", 6, 11, "World")).toEqual({
            text: "Hello World you",
            cursor: 11,
        });
    });

    test("files the network would refuse are refused before they are sent there", () => {
        allowTranslations();
        const { files } = PUBLIC;
        const picture = { name: "a.png", type: "image/png", size: 10 };
        expect(fileRefusal(picture, files, 0)).toBe("");
        expect(String(fileRefusal(picture, files, 2))).toInclude("2 files");
        expect(String(fileRefusal({ ...picture, type: "text/x-sh" }, files, 0))).toInclude("a.png");
        expect(String(fileRefusal({ ...picture, size: 2 ** 21 }, files, 0))).toInclude("1 MB");
        expect(String(fileRefusal(picture, { count: 0, types: [] }, 0))).toInclude("No files");
    });
});

describe("model", () => {
    test("a public word can be answered publicly, privately, or noted", () => {
        const model = new ComposerModel(section());
        expect(model.modes).toEqual(["reply", "private", "note"]);
        expect(model.isPublic).toBe(true);
        model.setMode("private");
        expect(model.isPublic).toBe(false);
        model.setPlace(2);
        expect(model.modes).toEqual(["reply", "note"]);
        expect(model.mode).toBe("reply");
    });

    test("a closed window leaves the template and the note", () => {
        const model = new ComposerModel(section([CLOSED]));
        expect(model.modes).toEqual(["template", "note"]);
        expect(model.mode).toBe("template");
        expect(model.canSend).toBe(false);
        model.templateKey = "back";
        model.params = { first_name: "Ana" };
        expect(model.emptyParams).toEqual(["topic"]);
        expect(model.canSend).toBe(false);
        model.params.topic = "chairs";
        expect(model.words).toBe("Hello Ana, about chairs");
        expect(model.canSend).toBe(true);
    });

    test("plain characters are counted here, others by the server", () => {
        const model = new ComposerModel(section());
        model.setBody("12345678901");
        expect(model.measure).toEqual({ used: 11, limit: 0, unit: "" });
        model.measured = MEASURED;
        expect(model.measure.used).toBe(11);
        expect(model.isTooLong).toBe(true);
        expect(model.canSend).toBe(false);
        model.measured = { ...MEASURED, simple: false };
        expect(model.measure.used).toBe(5);
        expect(model.canSend).toBe(true);
    });

    test("private data counts in public only, also what only the server knows", () => {
        const model = new ComposerModel(section());
        model.setBody("To Main Street 5, or ana@example.org");
        model.measured = {
            ...MEASURED,
            limit: 0,
            findings: [{ kind: "contact", label: "contact", value: "Main Street 5" }],
        };
        expect(model.findings.map((one) => one.kind)).toEqual(["email", "contact"]);
        model.setMode("private");
        expect(model.findings).toEqual([]);
    });

    test("what is not filled in does not leave", () => {
        const model = new ComposerModel(section());
        model.setBody("Hello {{ customer.first_name }}");
        model.measured = MEASURED;
        expect(model.missing).toEqual([]);
        model.setBody("Order {{ order.number }}");
        model.measured = {
            ...MEASURED,
            missing: [{ name: "order.number", label: "Number", reason: "locked" }],
        };
        expect(model.missing[0].reason).toBe("locked");
        expect(model.canSend).toBe(false);
    });

    test("a rule that stops stops, a hint does not", () => {
        const rule = { id: 1, kind: "avoid", level: "hint", message: "Hm", pattern: "cheap" };
        const model = new ComposerModel(section([{ ...PUBLIC, rules: [rule] }]));
        model.setBody("cheap");
        expect(model.brand).toHaveLength(1);
        expect(model.canSend).toBe(true);
        rule.level = "stop";
        expect(model.canSend).toBe(false);
    });

    test("a protocol is read first, but notes can always be written", () => {
        const protocols = [{ id: 1, name: "Complaints", version: 1, text: "", unread: true }];
        const model = new ComposerModel(section([{ ...PUBLIC, protocols }]));
        model.setBody("Hello");
        expect(model.canSend).toBe(false);
        model.setMode("note");
        expect(model.unread).toEqual([]);
        expect(model.canSend).toBe(true);
    });

    test("a draft is gone on with where it was begun", () => {
        const draft = {
            conversation_id: 2,
            parent_id: 22,
            mode: "reply",
            purpose: "answer",
            body: "Begun",
            files: [{ id: 5, name: "a.png", mimetype: "image/png", size: 1, alt: "" }],
        };
        const model = new ComposerModel(section(undefined, { draft }));
        expect(model.placeId).toBe(2);
        expect(model.body).toBe("Begun");
        expect(model.draft.attachment_ids).toEqual([5]);
        expect(model.parent).toBe(null, { message: "their last words are answered anyway" });
    });

    test("one sending keeps its key at every try, other words get another", () => {
        const model = new ComposerModel(section());
        model.setBody("Hello");
        const { key } = model.payload();
        expect(model.payload().key).toBe(key);
        model.setBody("Hello!");
        expect(model.payload().key).not.toBe(key);
        expect(model.payload().parent_id).toBe(11);
    });

    test("only those still named are mentioned", () => {
        const model = new ComposerModel(section());
        model.mentions.set(7, "ana");
        model.mentions.set(8, "bert");
        model.setBody("Hello @Ana");
        expect(model.payload().mentions).toEqual([7]);
    });

    test("news from the server do not touch what is being written", () => {
        const model = new ComposerModel(section());
        model.setBody("Hello");
        model.setMode("private");
        model.update(section([{ ...PUBLIC, modes: ["free_text", "public_only"] }, PRIVATE]));
        expect(model.body).toBe("Hello");
        expect(model.mode).toBe("reply", { message: "it cannot be answered privately any more" });
        model.update(section([PRIVATE]));
        expect(model.placeId).toBe(2);
    });

    test("viewers write nothing", () => {
        const model = new ComposerModel(section([PUBLIC], { can_write: false }));
        expect(model.modes).toEqual([]);
    });
});
