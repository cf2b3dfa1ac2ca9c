/**
 * A step that takes a picture for the documents, in runs that ask for pictures.
 *
 * @param {string} name of the file, without its ending
 * @param {string} [trigger] what must be there before
 * @returns {Object} a tour's step
 */
export function picture(name, trigger = "body") {
    return {
        content: `The picture ${name}`,
        trigger,
        async run() {
            if (!window.socialCrmPicture) {
                return;
            }
            document.activeElement?.blur();
            await document.fonts.ready;
            await new Promise((taken) => {
                window.socialCrmPictureTaken = taken;
                window.socialCrmPicture(name);
            });
        },
    };
}
