"""The chat model: time limits, few retries, and one kind of error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from agent.errors import ModelUnavailable
from integrations.llm.bounded import bounded_client

OPENAI = "https://api.openai.com/v1"
CONNECT_S = 5.0
ANSWER_S = 60.0
WHOLE_S = 120.0
RETRIES = 1


def chat_model(
    model: str,
    base_url: str | None = None,
    api_key: str | Callable[[], str] | None = None,
    *,
    answer_s: float = ANSWER_S,
    whole_s: float = WHOLE_S,
    retries: int = RETRIES,
) -> ChatOpenAI:
    """A chat model at an OpenAI-compatible endpoint, OpenAI's own without `base_url`. Nothing connects here.

    A key that is a function is asked for before each request, so that it can change.

    Every failure of a call is raised as ModelUnavailable. `answer_s` bounds each wait for the next piece of an answer,
    `whole_s` the whole of it, blanks between pieces included.
    """
    return TranslatedChatOpenAI(
        model=model,
        base_url=base_url or OPENAI,
        # Without one the library would take a key from the environment, and endpoints of one's own need none.
        api_key=api_key if callable(api_key) else SecretStr(api_key or "none"),
        timeout=httpx2.Timeout(answer_s, connect=CONNECT_S),
        http_client=bounded_client(whole_s),
        max_retries=retries,
        stream_usage=True,
        use_responses_api=False,
    )


class TranslatedChatOpenAI(ChatOpenAI):
    """ChatOpenAI whose failures are ModelUnavailable; an answer that breaks off is one."""

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:  # fmt: skip
        with translated():
            result = super()._generate(messages, stop, run_manager, **kwargs)
            _demand_an_answer(result)
        return result

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        end: dict[str, Any] | None = None
        with translated():
            for chunk in super()._stream(*args, **kwargs):
                if (chunk.generation_info or {}).get("finish_reason"):
                    end = chunk.generation_info
                yield chunk
        _demand_an_end(end)


def _demand_an_answer(result: ChatResult) -> None:
    """The library passes on whoever is said to speak, and whatever is said to be a number of tokens."""
    said = result.generations[0]
    used = said.message.usage_metadata if isinstance(said.message, AIMessage) else {"total_tokens": None}
    if used and not all(isinstance(used.get(name), int) for name in ("input_tokens", "output_tokens", "total_tokens")):
        raise TypeError("somebody else speaks, or tokens are no number")
    _demand_an_end(said.generation_info)


def _demand_an_end(info: dict[str, Any] | None) -> None:
    """Of arguments that were cut off the library would make shorter ones that look whole."""
    if (info or {}).get("finish_reason") not in ("stop", "tool_calls", "function_call"):
        raise ModelUnavailable("The language model broke off in the middle of its answer.")


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into one sentence. Keys and texts stay out of it."""
    try:
        yield
    except openai.APITimeoutError:
        raise ModelUnavailable("The language model did not answer in time.") from None
    except openai.APIConnectionError:
        raise ModelUnavailable("The language model cannot be reached; check EXPEDITER_MODEL_BASE_URL.") from None
    except openai.AuthenticationError:
        raise ModelUnavailable("The language model refuses the key; check EXPEDITER_MODEL_API_KEY.") from None
    except openai.RateLimitError:
        raise ModelUnavailable("The language model has too many requests at the moment.") from None
    except openai.APIStatusError as error:
        raise ModelUnavailable(f"The language model answered with an error ({error.status_code}).") from None
    except httpx2.TimeoutException:
        raise ModelUnavailable("The language model did not answer in time.") from None
    except httpx2.HTTPError:
        raise ModelUnavailable("The connection to the language model broke.") from None
    except (openai.OpenAIError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        # A body that is no JSON, or not the JSON of a chat completion, surfaces in the library as one of these.
        raise ModelUnavailable("The language model answered with something that cannot be read.") from error
