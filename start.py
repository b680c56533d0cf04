"""Make csi's own environment in .venv, then run csi's main job on a bundled sample, its tests, or its course.

    python3 start.py                  write a satisfaction report and name the page
    python3 start.py report FILE ...  the same of your own file; what stands behind FILE goes to `csi report`
    python3 start.py test [OPTIONS]   run the tests on all cores (-n0: on one); OPTIONS go to pytest
    python3 start.py course           open the lessons in JupyterLab
    python3 start.py docs             build the site: functions by question, gallery, numbers, decisions

Python 3.11 or newer with pip is all that is needed. The environment is made once, of exactly what pins.txt lists with
every hash checked, and made anew when pins.txt or pyproject.toml change. docs/decisions/0001-starter.md tells why.
"""
# Written so that even an old Python can read this file and say that it is too old.

import ast
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
INSIDE = os.path.join(".venv", "Scripts", "python.exe") if os.name == "nt" else ".venv/bin/python"
STAMP = ".venv/csi-ready"  # its text says what the environment was made from; not there while it is being made
PAGE = os.path.join(ROOT, "report", "mobile.html")
REPORT = "-m csi report data/samples/mobile.csv --codebook data/samples/mobile.yaml --model ECSI_2005 --by operator -o"
COURSE = ["-m", "jupyterlab", "--ServerApp.root_dir=notebooks"]
TESTS = ["-m", "pytest", "-n", "logical", "--maxprocesses", "4", "--dist", "worksteal"]
JOBS = {"report": REPORT.split() + [PAGE], "test": TESTS, "course": COURSE, "docs": ["tools/site.py"]}
PIP_ENV = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
PIP_ENV["PIP_ROOT_USER_ACTION"] = "ignore"
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def uv_settings(pip_config):
    """Environment variables that send uv, which does not read pip's configuration, where pip would go."""
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "1"}
    for section in ("global.", "install.", ":env:."):  # the later one wins, as with pip
        for line in pip_config.splitlines():
            name, _, value = line.partition("=")
            option = name[len(section) :]
            if name.startswith(section) and option in UV_NAMES:
                separator = "," if option == "find-links" else " "
                settings[UV_NAMES[option]] = separator.join(str(ast.literal_eval(value)).split())
    return {name: os.environ.get(name, value) for name, value in settings.items()}


def run(command, arguments, settings):
    """Run one step; a step that fails raises."""
    subprocess.check_call(command + arguments.split(), env=dict(os.environ, **settings))


def install_with_uv(python, quiet):
    """Put uv into .uv, make .venv, install everything in pins.txt and then csi itself: seconds rather than minutes."""
    run([python, "-m", "pip"], "install -q --upgrade --target .uv --require-hashes -r tools/uv.txt", PIP_ENV)
    uv = shutil.which("uv", path=os.path.join(".uv", "bin")) or "uv"
    config = subprocess.check_output([python, "-m", "pip", "config", "list"], universal_newlines=True)
    settings = uv_settings(config)
    run([uv, "venv", "--python", python], "-q --clear .venv", settings)
    install = [uv, "pip", "install", "--python", INSIDE] + quiet + (["--no-index"] if "no-index='" in config else [])
    run(install, "--compile-bytecode --require-hashes --build-constraints pins.txt -r pins.txt", settings)
    run(install, "--no-deps --no-build-isolation -e .", settings)


def install_with_pip(python, quiet):
    """Do the same where uv is not to be had; a pip of known version comes first, since old ones trust build tools."""
    run([python, "-m", "venv"], "--clear .venv", {})
    install = [INSIDE, "-m", "pip", "install"] + quiet
    run(install, "--require-hashes -r tools/pip.txt", PIP_ENV)
    run(install, "--require-hashes -r pins.txt", dict(PIP_ENV, PIP_BUILD_CONSTRAINT="pins.txt"))
    run(install, "--no-deps --no-build-isolation -e .", PIP_ENV)


def make_environment():
    """Make .venv anew unless its stamp says that it is complete and up to date."""
    content = ROOT + " " + sys.version[:4]
    for name in ("pins.txt", "pyproject.toml"):
        with open(name, "rb") as file:
            content += " " + hashlib.sha256(file.read()).hexdigest()
    if os.path.exists(STAMP):
        with open(STAMP) as file:
            complete = file.read() == content
        if complete and os.path.exists(INSIDE):
            return
        os.remove(STAMP)
    python = sys._base_executable if sys.prefix == os.path.abspath(".venv") else sys.executable
    quiet = [] if sys.stderr.isatty() else ["-q"]
    tell("Making csi's environment in .venv: once, under a minute, longer on a slow network ...")
    try:
        install_with_uv(python, quiet)
    except (OSError, subprocess.CalledProcessError) as error:
        tell(str(error) + "\nuv could not do it; now with venv and pip, which takes some minutes ...")
        install_with_pip(python, quiet)
    with open(STAMP, "w") as file:
        file.write(content)


def tell(sentence):
    """Print at once, before the steps that follow print theirs."""
    print(sentence)
    sys.stdout.flush()


def main(arguments):
    """Return the exit code, or the sentence that says what went wrong."""
    job = arguments[0] if arguments else "report"
    if sys.version_info < (3, 11):
        return "csi needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; install a newer one and use it."
    if job not in JOBS:
        tell(__doc__)
        return 0 if job in ("-h", "--help", "help") else 2
    os.environ.pop("PYTHONPATH", None)
    here = os.getcwd()
    os.chdir(ROOT)
    try:
        make_environment()
        if job == "report" and len(arguments) > 1:
            return subprocess.call([os.path.join(ROOT, INSIDE), "-m", "csi"] + arguments, cwd=here)
        if job == "test" and len(arguments) == 1:
            tell("All tests, on up to four cores: about five minutes on two, ten with -n0 on one ...")
        os.makedirs(os.path.dirname(PAGE), exist_ok=True)
        return subprocess.call([INSIDE] + JOBS[job] + arguments[1:])
    except KeyboardInterrupt:
        return "Stopped. Nothing is broken: the same line starts again."
    except (OSError, subprocess.CalledProcessError) as error:
        return str(error) + "\ncsi's environment could not be made. Nothing is broken: the same line tries again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
