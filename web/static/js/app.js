// Entry. Each module is one enhancement; a page works without any of them, and
// a failing one does not take the others along.
import "./errors.js";
import "./fold.js";
import "./count.js";
import "./buttons.js";
import "./autosave.js";
import "./leave.js";
import "./upload.js";
