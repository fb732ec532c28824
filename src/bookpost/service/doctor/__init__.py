"""What `bookpost doctor` looks at: each look apart, so that one that fails never stops another; each finding with its remedy."""

from bookpost.service.doctor.diagnosis import Diagnosis, Level, examine

__all__ = ["Diagnosis", "Level", "examine"]
