import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { formatSeconds } from "@social_crm_base/duration/duration_field";

class Network extends models.Model {
    _name = "social.crm.platform";
    name = fields.Char();
    _records = [{ id: 1, name: "Mastodon" }];
}
class Said extends models.Model {
    _name = "social.crm.interaction";
    platform_id = fields.Many2one({ relation: "social.crm.platform" });
    platform_icon = fields.Char();
    date = fields.Datetime();
    rating = fields.Float();
    seconds = fields.Integer();
    presence = fields.Json();
    _records = [
        {
            id: 1,
            platform_id: 1,
            platform_icon: "/web/static/img/placeholder.png",
            date: "2026-03-05 08:00:00",
            rating: 3.5,
            seconds: 93784,
            presence: [1, 2, 3, 4, 5, 6, 7].map((id) => ({
                id,
                name: `ana${id}`,
                network: "Mastodon",
                icon: "/web/static/img/placeholder.png",
                url: id === 1 ? "https://example.social/@ana1" : "",
            })),
        },
        { id: 2, platform_id: 1, date: "2026-03-05 12:30:00", rating: 0, seconds: 0 },
    ];
}
defineModels([Network, Said]);
defineMailModels();

async function mountList(arch) {
    mockDate("2026-03-05 10:00:00", 0);
    await mountView({ type: "list", resModel: "social.crm.interaction", arch: `<list>${arch}</list>` });
}

test("the network's icon carries its name for those who cannot see it", async () => {
    await mountList(`<field name="platform_id" widget="social_platform_icon"/>`);
    expect("img.o_social_platform_icon").toHaveCount(1, { message: "no broken image" });
    expect("img.o_social_platform_icon").toHaveAttribute("alt", "Mastodon");
});

test("times are told from now, and go on", async () => {
    await mountList(`<field name="date" widget="social_time_ago"/>`);
    expect(queryAllTexts("time")).toEqual(["2 hr. ago", "in 2 hr."]);
    await advanceTime(3600 * 1000);
    await animationFrame();
    expect(queryAllTexts("time")).toEqual(["3 hr. ago", "in 1 hr."]);
});

test("a deadline that passed is marked, one to come is not", async () => {
    await mountList(`<field name="date" widget="social_time_ago" options="{'deadline': true}"/>`);
    expect("time.text-danger").toHaveCount(1);
    expect("time.text-warning").toHaveCount(0);
    await advanceTime(100 * 60 * 1000);
    await animationFrame();
    expect("time.text-warning").toHaveCount(1, { message: "50 minutes are soon" });
});

test("stars as they were given, none where none were", async () => {
    await mountList(`<field name="rating" widget="social_stars"/>`);
    expect("td .fa-star").toHaveCount(3);
    expect("td .fa-star-half-o").toHaveCount(1);
    expect("td .fa-star-o").toHaveCount(1);
});

test("durations in the two units that count", async () => {
    await mountList(`<field name="seconds" widget="social_duration"/>`);
    expect(queryAllTexts("td[name=seconds]")).toEqual(["1 d 2 h", ""]);
    expect([0, 42, 60, 3599, 3600, 90061].map((seconds) => `${formatSeconds(seconds)}`)).toEqual([
        "",
        "42 s",
        "1 min",
        "59 min",
        "1 h 0 min",
        "1 d 1 h",
    ]);
});

test("where somebody speaks: five networks, each with its name, and how many more", async () => {
    await mountList(`<field name="presence" widget="social_presence"/>`);
    expect(".o_social_presence").toHaveCount(1, { message: "nothing where there is nobody" });
    expect(".o_social_presence img").toHaveCount(5);
    expect(".o_social_presence").toHaveText("+2");
    expect(".o_social_presence a").toHaveAttribute("href", "https://example.social/@ana1");
    expect(".o_social_presence a").toHaveAttribute("aria-label", "ana1 on Mastodon");
    expect(".o_social_presence > img:first").toHaveAttribute("alt", "ana2 on Mastodon");
});
