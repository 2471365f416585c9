"""Run the notebooks of several chapters at once, each in a kernel of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from analysis.facts.dependencies import Look
from report.ledger.logs import chapter_log, list_left_files, renew_opening
from report.press import ENGINE
from report.press.execute.cache import ExecutionCache, dependencies, forget_run
from report.press.execute.failures import ExecutionError, cell_failed, cell_timed_out, kernel_died, kernel_never_ready
from report.press.execute.kernel import (
    KERNEL_ARGUMENTS,
    ThisKernelManager,
    execution_folder,
    kernel_environment,
    kernels,
)
from report.press.execute.memory import recall, remember
from report.press.execute.notebook import Code, build_notebook, code_of, runnable
from report.press.execute.warm import WarmProcess
from report.press.source.blocks import Cell, Chapter
from report.press.source.defaults import defaults_of
from report.rendering.project import ChapterRef, Project
from report.rendering.request import Event

# A kernel is told free ports and binds them a moment later. A program that takes one in between ends the kernel.
STARTS = 3


def execute(
    project: Project,
    chapters: Sequence[Chapter],
    jobs: int = 2,
    timeout: float = 600,
    tell: Callable[[str, Event], None] = lambda name, event: None,
    warm: WarmProcess | None = None,
    then: Callable[[Chapter, nbformat.NotebookNode], None] = lambda chapter, notebook: None,
) -> list[nbformat.NotebookNode]:
    """The executed notebooks, in the order of `chapters`; `tell` hears how each fares, by its name.

    `then` gets each notebook at once when it is done, while others still run; it is called in another thread.

    Cells of `jobs` chapters run at once, each for `timeout` seconds at most; the kernels of the next two chapters start
    meanwhile, so that `jobs` + 2 are there at most. `warm` is the process to fork, if one has begun.

    Raises ExecutionError once all chapters had their turn, with a line for each that failed. On KeyboardInterrupt the
    kernels are killed before it goes on to the caller.
    """
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task]] = Future()

    async def all_chapters() -> list[nbformat.NotebookNode | ExecutionError]:
        started.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        return await _execute_all(project, chapters, jobs, timeout, tell, warm, then)

    # The loop has a thread of its own: in the main thread every nbclient would install its own handler of Ctrl-C, and
    # the last one would clean up its own kernel only. Cancelling the task shuts all of them down.
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(lambda: asyncio.run(all_chapters()))
        try:
            results = running.result()
        except BaseException:
            if not running.done():
                loop, task = started.result()
                loop.call_soon_threadsafe(task.cancel)
            raise
    failures = [result for result in results if isinstance(result, ExecutionError)]
    if failures:
        raise ExecutionError("\n".join(str(failure) for failure in failures))
    return results


async def _execute_all(
    project: Project,
    chapters: Sequence[Chapter],
    jobs: int,
    timeout: float,
    tell: Callable[[str, Event], None],
    warm: WarmProcess | None,
    then: Callable[[Chapter, nbformat.NotebookNode], None],
) -> list[nbformat.NotebookNode | ExecutionError]:
    """Take over the last runs that are current, and run the other chapters; a notebook or an error for each chapter."""
    scratch = project.root / ".press"
    cache = ExecutionCache(project, scratch / "cache")
    environment = kernel_environment(scratch)
    alive, turn = asyncio.Semaphore(jobs + 2), asyncio.Semaphore(jobs)
    notebooks, must_run = _look_up(project, chapters, cache, tell, then)
    # The end of the longest is waited for, so those with most cells begin; each begins after the one before it.
    waiting = sorted((each for each in chapters if each.ref.stem in must_run), key=lambda each: -len(each.parts))
    begun = [asyncio.Event() for _ in waiting]

    async def one(place: int, managers: type[ThisKernelManager]) -> ExecutionError | None:
        chapter = waiting[place]
        notebook = notebooks[chapter.ref.stem]
        try:
            async with alive, _started(project, chapter, notebook, timeout, environment, managers) as client:
                if place:
                    await begun[place - 1].wait()
                async with turn:
                    begun[place].set()
                    tell(chapter.ref.stem, "runs")
                    forget_run(project, chapter.ref)
                    await _run(project, chapter, client)
        except ExecutionError as error:
            return error
        finally:
            begun[place].set()
        # The run has recorded anew what the chapter reads: that is what the next one will look it up by.
        notebook.metadata.kernelspec["colophon"] = dependencies(project, chapter.ref) or {}
        cache.store(notebook, chapter.ref)
        then(chapter, notebook)
        tell(chapter.ref.stem, "done")
        return None

    with kernels(project, [chapter.ref for chapter in waiting], environment, warm) as managers:
        # Exceptions are gathered too, because a chapter that is cancelled while it waits for its turn would end the
        # loop, and that would cancel the others a second time: amid the shutdown of their kernels.
        results = await asyncio.gather(*(one(place, managers) for place in range(len(waiting))), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, ExecutionError):
            raise result
    failed = dict(zip((chapter.ref.stem for chapter in waiting), results, strict=True))
    return [failed.get(chapter.ref.stem) or notebooks[chapter.ref.stem] for chapter in chapters]


def _look_up(
    project: Project,
    chapters: Sequence[Chapter],
    cache: ExecutionCache,
    tell: Callable[[str, Event], None],
    then: Callable[[Chapter, nbformat.NotebookNode], None],
) -> tuple[dict[str, nbformat.NotebookNode], set[str]]:
    """A notebook for each chapter, by its name, and the names of those that have to run.

    A notebook that need not run goes to `then`: it was executed before, or has no code.
    """
    notebooks: dict[str, nbformat.NotebookNode] = {}
    must_run: set[str] = set()
    look = Look()
    # What was saved last has most to do: the text of the others is known from the last render.
    for chapter in sorted(chapters, key=lambda chapter: chapter.ref.path.stat().st_mtime, reverse=True):
        needs = dependencies(project, chapter.ref, look)
        code = code_of(chapter, defaults_of(project, chapter))
        if code and needs is not None and (cached := _last_run(project, cache, chapter.ref, code, needs)):
            tell(chapter.ref.stem, "cached")
            notebooks[chapter.ref.stem] = cached
            then(chapter, cached)
            continue
        notebook = notebooks[chapter.ref.stem] = build_notebook(code, needs or {})
        if code:
            must_run.add(chapter.ref.stem)
        else:
            forget_run(project, chapter.ref)
            then(chapter, notebook)
    return notebooks, must_run


def _last_run(
    project: Project, cache: ExecutionCache, chapter: ChapterRef, code: list[Code], needs: dict[str, Any]
) -> nbformat.NotebookNode | None:
    """The executed notebook of this code, with all that its run left in place; None if it has to run."""
    notebook = recall(chapter.path, (code, needs)) or cache.find(build_notebook(code, needs))
    if notebook is not None:
        renew_opening(project, ENGINE, chapter)
        log = chapter_log(project, ENGINE, chapter)
        remember(chapter.path, (code, needs), notebook, list_left_files(project, log) if log else [])
    return notebook


@asynccontextmanager
async def _started(
    project: Project,
    chapter: Chapter,
    notebook: nbformat.NotebookNode,
    timeout: float,
    environment: dict[str, str],
    managers: type[ThisKernelManager],
) -> AsyncIterator[NotebookClient]:
    """Start a kernel for the notebook; it ends with the context. Raises ExecutionError if it never answers."""
    client = NotebookClient(
        notebook,
        kernel_manager_class=managers,
        extra_arguments=KERNEL_ARGUMENTS,
        timeout=timeout,
        record_timing=False,
        resources={"metadata": {"path": str(execution_folder(project, chapter.ref))}},
    )
    try:
        await _start(client, environment)
    except RuntimeError as error:
        raise kernel_never_ready(chapter.ref.relative, error) from None
    try:
        yield client
    finally:
        client.kc.stop_channels()
        await client.km.shutdown_kernel(now=True)


async def _run(project: Project, chapter: Chapter, client: NotebookClient) -> None:
    """Run the notebook of the client in place. Raises ExecutionError in the chapter's terms."""
    parts = runnable(chapter, defaults_of(project, chapter))
    notebook, reached = client.nb, 0

    def starts(cell: nbformat.NotebookNode, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index

    client.on_cell_start = starts
    try:
        await client.async_execute(cleanup_kc=False)
    except CellExecutionError as error:
        failed = [output for output in notebook.cells[reached].outputs if output.output_type == "error"]
        # What fails while it is displayed is no error of the reply, only an output.
        name, value = (failed[0].ename, failed[0].evalue) if failed else (error.ename, error.evalue)
        part, source = parts[reached], notebook.cells[reached].source
        put_before = source.count("\n") - part.code.count("\n") if isinstance(part, Cell) else 0
        raise cell_failed(part, name, value, failed[0].traceback if failed else [], put_before) from None
    except CellTimeoutError:
        raise cell_timed_out(parts[reached], client.timeout) from None
    except DeadKernelError:
        raise kernel_died(parts[reached]) from None


async def _start(client: NotebookClient, environment: dict[str, str]) -> None:
    """Start the client's kernel, again if it dies before it answers. Raises RuntimeError if none ever answers."""
    for start in range(1, STARTS + 1):
        manager = client.create_kernel_manager()
        try:
            await client.async_start_new_kernel(env=environment)
            await client.async_start_new_kernel_client()
        except asyncio.CancelledError:
            await manager.shutdown_kernel(now=True)
            raise
        except RuntimeError:
            if start == STARTS:
                raise
        else:
            return
